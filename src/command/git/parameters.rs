//! `GIT_CONFIG_PARAMETERS`: settings as shell words in single quotes, `'key=value'` or `'key'='value'`
//! (git's config.c, `parse_config_env_list`).

use bstr::BString;

/// Each as `key=value`; what is not of this form is left out, as git ends with an error then.
pub(super) fn split(list: &[u8]) -> Vec<BString> {
    let mut settings = Vec::new();
    let mut rest = list;
    loop {
        rest = rest.trim_ascii_start();
        let Some(mut setting) = quoted(&mut rest) else { return settings };
        if let Some(after) = rest.strip_prefix(b"=") {
            rest = after;
            setting.push(b'=');
            setting.extend(quoted(&mut rest).unwrap_or_default());
        }
        settings.push(setting.into());
    }
}

/// A word in single quotes, with `'\\''` and `'\\!'` for the two that can't stand in them.
fn quoted(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let mut word = Vec::new();
    *rest = rest.strip_prefix(b"'")?;
    loop {
        let end = rest.iter().position(|byte| *byte == b'\'')?;
        word.extend_from_slice(&rest[..end]);
        *rest = &rest[end + 1..];
        match rest {
            [b'\\', escaped @ (b'\'' | b'!'), b'\'', after @ ..] => {
                word.push(*escaped);
                *rest = after;
            }
            _ => return Some(word),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn both_forms_are_read() {
        let told = super::split(b"'a.b=c d' 'e.f'='it'\\''s' 'g.h'=");
        assert_eq!(told, ["a.b=c d", "e.f=it's", "g.h="]);
        assert!(super::split(b"a.b=c").is_empty());
    }
}
