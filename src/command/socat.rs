//! socat's addresses: what it reads on one side it says on the other.

use bstr::{BString, ByteSlice};

use super::scope::Scope;
use super::walk::Walker;
use super::words::{Value, Word};

const FILES: [&str; 6] = ["OPEN", "FILE", "GOPEN", "CREATE", "CREAT", "PIPE"];
const NETWORK: [&str; 9] = ["TCP", "UDP", "SSL", "OPENSSL", "SCTP", "SOCKS", "PROXY", "VSOCK", "DTLS"];

/// `KEYWORD:argument,option=value`
struct Address {
    keyword: Vec<u8>,
    argument: BString,
    folder: Option<BString>,
}

impl Walker<'_> {
    /// A secret that a file's address brings to an address on the network.
    pub(super) fn joined_by_socat(&mut self, noted: usize, words: &[Word], scope: &Scope) {
        let sides = words.iter().filter(|word| !word.is_option()).flat_map(sides).collect::<Vec<_>>();
        if !sides.iter().any(|side| side.is_network(scope)) {
            return;
        }
        for side in sides.iter().filter(|side| FILES.iter().any(|name| side.keyword == name.as_bytes())) {
            let path = match &side.folder {
                Some(folder) => [folder.as_slice(), b"/", &side.argument].concat(),
                None => side.argument.to_vec(),
            };
            if let Some(secret) = self.secret_at(&path, scope) {
                self.send(noted, secret, true);
            }
        }
    }
}

impl Address {
    fn is_network(&self, scope: &Scope) -> bool {
        if self.keyword == b"FD" {
            let text = self.argument.to_str_lossy();
            let number = text.strip_prefix("0x").map_or_else(|| text.parse(), |hex| u32::from_str_radix(hex, 16));
            return number.is_ok_and(|number| scope.is_socket(format!("/dev/fd/{number}").as_bytes()));
        }
        NETWORK.iter().any(|name| self.keyword.starts_with(name.as_bytes()))
    }
}

/// One address, or two with `!!` between: one to read from, one to write to. An unknown part is no file's name.
fn sides(word: &Word) -> Vec<Address> {
    let text: BString = match &word.value {
        Value::Known(text) => text.clone(),
        Value::OneOf(texts) => bstr::join("!!", texts).into(),
        Value::Unknown(_) => word.value.hollow().unwrap_or_default(),
    };
    text.split_str("!!").map(address).collect()
}

fn address(text: &[u8]) -> Address {
    let mut parts = text.split(|byte| *byte == b',');
    let first = parts.next().unwrap_or_default();
    let (keyword, argument) = first.split_once_str(":").unwrap_or((first, b""));
    let plain = |text: &[u8]| {
        BString::from(text.iter().copied().filter(|byte| !b"\"'\\()".contains(byte)).collect::<Vec<u8>>())
    };
    let folder = parts.find_map(|part| part.strip_prefix(b"chdir=").or_else(|| part.strip_prefix(b"cd=")));
    // A bare path is a file, too.
    let bare = !first.contains(&b':') && first.contains(&b'/');
    let (keyword, argument) = if bare { (&b"GOPEN"[..], first) } else { (keyword, argument) };
    Address { keyword: keyword.to_ascii_uppercase(), argument: plain(argument), folder: folder.map(plain) }
}
