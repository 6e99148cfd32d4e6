//! Programs that are called by the name of a package or a module: what npm's and Python's runners start.

use bstr::{BString, ByteSlice};

use super::words::Word;

/// Packages whose program is called otherwise.
const NAMED: &[(&[u8], &[u8])] = &[
    (b"@angular/cli", b"ng"),
    (b"@aws-amplify/backend-cli", b"ampx"),
    (b"awscli", b"aws"),
    (b"django", b"django-admin"),
    (b"flask-migrate", b"flask"),
    (b"huggingface_hub", b"hf"),
    (b"python-openstackclient", b"openstack"),
    (b"snowflake-cli", b"snow"),
];

/// `vercel@latest`, `@shopify/cli@3`, `dvc[s3]==3.0` → the program of that package. A path or an address stays.
fn program_of(package: &[u8]) -> BString {
    if package.starts_with(b".") || package.starts_with(b"/") || package.contains(&b':') {
        return package.into();
    }
    let scope = package.strip_prefix(b"@").and_then(|rest| rest.find_byte(b'/')).map_or(0, |slash| slash + 2);
    let end = package[scope..].find_byteset(b"@=<>~![ ;").map_or(package.len(), |end| scope + end);
    let package = &package[..end];
    if let Some((_, program)) = NAMED.iter().find(|(name, _)| package.eq_ignore_ascii_case(name)) {
        return (*program).into();
    }
    match (scope, &package[scope..]) {
        (0, name) => name.into(),
        (_, b"cli") => package[1..scope - 1].into(),
        (_, name) => name.into(),
    }
}

/// The words of a runner, as the program that it starts gets them.
pub(super) fn as_program(words: &[Word]) -> Vec<Word> {
    let mut words = words.to_vec();
    if let Some(first) = words.first_mut()
        && let Some(text) = first.text()
    {
        *first = Word { written: first.written.clone(), ..Word::known(program_of(text)) };
    }
    words
}

/// The program that is the same as a module which is run by name (`python -m alembic`).
pub(super) fn program_of_module(name: &[u8]) -> Option<BString> {
    let first = name.split(|byte| *byte == b'.').next()?;
    (first == name || name.ends_with(b".cli.main")).then(|| program_of(first))
}

/// The program that a file below `node_modules` is a link to.
pub(super) fn installed(path: &[u8]) -> Option<&[u8]> {
    let folder = b"node_modules/.bin/";
    let at = path.find(folder)?;
    path.get(at + folder.len()..).filter(|name| !name.is_empty() && !name.contains(&b'/'))
}

#[cfg(test)]
mod tests {
    use super::program_of;

    #[test]
    fn a_package_is_known_by_its_program() {
        for (package, program) in [
            ("vercel", "vercel"),
            ("vercel@latest", "vercel"),
            ("@shopify/cli@3.1", "shopify"),
            ("@angular/cli", "ng"),
            ("@scope/tool", "tool"),
            ("dvc[s3]==3.0", "dvc"),
            ("Django>=5", "django-admin"),
            ("./tool@1", "./tool@1"),
            ("git+https://host/x@1", "git+https://host/x@1"),
            ("", ""),
        ] {
            assert_eq!(program_of(package.as_bytes()), program, "{package}");
        }
    }
}
