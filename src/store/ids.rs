//! Ids that people read out and type: four characters without look-alikes.

use std::fs::File;
use std::io::{self, Read};

/// No 0 O, 1 I L, U V.
const ALPHABET: &[u8; 29] = b"23456789ABCDEFGHJKMNPQRSTWXYZ";
const LENGTH: usize = 4;

/// A fresh id from the kernel's random numbers.
pub fn fresh() -> io::Result<String> {
    let mut random = File::open("/dev/urandom")?;
    let mut id = String::with_capacity(LENGTH);
    while id.len() < LENGTH {
        let mut byte = [0];
        random.read_exact(&mut byte)?;
        // No remainder: each letter is as likely as any other.
        let letters = ALPHABET.len();
        let at = usize::from(byte[0]);
        if at < 256 / letters * letters
            && let Some(letter) = ALPHABET.get(at % letters)
        {
            id.push(char::from(*letter));
        }
    }
    Ok(id)
}

/// As typed: in lower case, with spaces around.
pub(super) fn canonical(typed: &str) -> String {
    typed.trim().to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    #[test]
    fn ids_are_four_unambiguous_characters_and_differ() {
        let ids: std::collections::BTreeSet<String> = (0..200).map(|_| super::fresh().expect("random")).collect();
        assert!(ids.len() > 190);
        assert!(ids.iter().all(|id| id.len() == 4 && !id.contains(['0', 'O', '1', 'I', 'L', 'U', 'V', '!'])));
    }
}
