//! What stands between whoever asks and a place: rights on a folder, the lock of a bucket's objects.

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::Deletable;
use crate::sys::namespace;

pub(super) fn folder(folder: &Path, read_only: &[String]) -> Deletable {
    if read_only.iter().any(|path| folder.starts_with(path)) {
        return Deletable::No("the policy holds it read-only for all that a guarded command starts".to_owned());
    }
    if !folder.exists() {
        return Deletable::Unknown("it is not there now".to_owned());
    }
    let writes = nix::unistd::access(folder, nix::unistd::AccessFlags::W_OK).is_ok();
    let mounted = CString::new(folder.as_os_str().as_bytes()).is_ok_and(|path| namespace::is_read_only(&path));
    match (mounted, writes) {
        (true, _) => Deletable::No("it is mounted read-only".to_owned()),
        (false, false) => Deletable::No("this user may not write there".to_owned()),
        (false, true) => {
            Deletable::Yes("this user may write there; append-only modes of the tool do not hold for files".to_owned())
        }
    }
}

/// By the lock that new objects get. A lock under governance is taken off by whoever may.
pub(super) fn bucket(name: &str, endpoint: Option<&str>) -> Deletable {
    let mut aws = Command::new("aws");
    aws.args(["s3api", "get-object-lock-configuration", "--output", "json", "--bucket", name]);
    if let Some(endpoint) = endpoint {
        aws.args(["--endpoint-url", endpoint]);
    }
    let Ok(done) = aws.output() else { return Deletable::Unknown("aws is not here to be asked".to_owned()) };
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        if said.contains("ObjectLockConfigurationNotFoundError") {
            return Deletable::Yes("its objects have no lock: whoever has its keys deletes them".to_owned());
        }
        let first = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("it says nothing");
        return Deletable::Unknown(format!("aws can't tell: {first}"));
    }
    let read: Option<Value> = serde_json::from_slice(&done.stdout).ok();
    let lock = read.as_ref().and_then(|read| read.get("ObjectLockConfiguration"));
    let Some(lock) = lock else { return Deletable::Unknown("aws answers with something else".to_owned()) };
    let retention = lock.pointer("/Rule/DefaultRetention");
    let period = |retention: &Value| {
        let of = |key: &str| retention.get(key).and_then(Value::as_u64);
        match (of("Days"), of("Years")) {
            (Some(days), _) => format!("{days} days"),
            (None, Some(years)) => format!("{years} years"),
            (None, None) => "a time that is not told".to_owned(),
        }
    };
    match (retention, retention.and_then(|one| one.get("Mode")).and_then(Value::as_str)) {
        (Some(retention), Some("COMPLIANCE")) => {
            Deletable::No(format!("its objects are locked for {}, for everyone", period(retention)))
        }
        (Some(retention), Some("GOVERNANCE")) => Deletable::Yes(format!(
            "its objects are locked for {}, but not for who has s3:BypassGovernanceRetention",
            period(retention)
        )),
        (Some(_) | None, _) => {
            Deletable::Yes("it can lock objects, and locks none unless it is told for each".to_owned())
        }
    }
}
