//! Addresses: URLs and libpq's connection strings.

use bstr::{BString, ByteSlice};

/// `scheme://user@host:port/name?…` or `host=… dbname=…`: hosts and the database.
pub fn address(text: &[u8]) -> Option<(Vec<BString>, Option<BString>)> {
    if let Some(at) = text.find(b"://") {
        let rest = text.get(at + 3..).unwrap_or_default();
        let (authority, path) = match rest.find_byteset(b"/?#") {
            Some(end) => (rest.get(..end)?, rest.get(end..)?),
            None => (rest, &b""[..]),
        };
        let hosts = authority.rsplit(|byte| *byte == b'@').next().unwrap_or_default();
        let hosts = hosts.split(|byte| *byte == b',').map(without_port).filter(|host| !host.is_empty());
        let mut hosts: Vec<BString> = hosts.map(BString::from).collect();
        let (name, query) = match path.find_byte(b'?') {
            Some(end) => (path.get(..end)?, path.get(end + 1..)?),
            None => (path, &b""[..]),
        };
        // libpq takes `?host=` over the authority.
        hosts.extend(
            query.split(|byte| *byte == b'&').filter_map(|pair| pair.strip_prefix(b"host=")).map(BString::from),
        );
        let name = name.trim_with(|c| c == '/');
        return Some((hosts, (!name.is_empty()).then(|| name.into())));
    }
    let pairs: Vec<(&[u8], &[u8])> = text.fields().filter_map(|pair| pair.split_once_str("=")).collect();
    let value =
        |keys: &[&[u8]]| pairs.iter().rev().find(|(key, _)| keys.contains(key)).map(|(_, value)| BString::from(*value));
    if pairs.is_empty() || value(&[b"host", b"hostaddr", b"dbname", b"service", b"user", b"port"]).is_none() {
        return None;
    }
    // A service names a host in a file that is not read: no loopback by default.
    let hosts = value(&[b"host", b"hostaddr"]).or_else(|| value(&[b"service"])).into_iter().collect();
    Some((hosts, value(&[b"dbname"])))
}

pub fn without_port(host: &[u8]) -> &[u8] {
    if host.starts_with(b"[") {
        return host.find_byte(b']').and_then(|end| host.get(..=end)).unwrap_or(host);
    }
    host.split(|byte| *byte == b':').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_give_hosts_and_database() {
        let read = |text: &str| {
            let (hosts, name) = address(text.as_bytes())?;
            Some((bstr::join(",", hosts), name.map(Vec::from)))
        };
        let expect = |host: &str, name: Option<&str>| {
            Some((host.as_bytes().to_vec(), name.map(|name| name.as_bytes().to_vec())))
        };
        assert_eq!(read("postgres://u:p@ss@db.prod:5432/app?sslmode=on"), expect("db.prod", Some("app")));
        assert_eq!(read("postgres:///test_x?host=/run"), expect("/run", Some("test_x")));
        assert_eq!(read("mongodb://a:1,b:2/x"), expect("a,b", Some("x")));
        assert_eq!(read("redis://[::1]:6379/0"), expect("[::1]", Some("0")));
        assert_eq!(read("host=db dbname=app"), expect("db", Some("app")));
        assert_eq!(read("app"), None);
    }
}
