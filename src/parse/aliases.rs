//! Aliases: where a command word is one, its text takes the word's place, as bash does before it looks for reserved words.

use super::Doubt;
use super::reader::{MAX_ALIASES, Read, Reader, Stop};
use super::settings::When;
use super::source::Expanding;

/// What is kept of a line whose alias is unsure.
const LONGEST_LINE: usize = 4_096;
/// No name that people give an alias is longer.
const LONGEST_NAME: usize = 256;

impl Reader {
    /// Replaces the word here while it is an alias. Quoted words are none.
    pub fn expand_alias(&mut self) -> Read<()> {
        loop {
            let when = if self.substitutions > 0 { When::Next } else { When::Now };
            if !self.settings.expands_aliases(when) {
                return Ok(());
            }
            self.source.cur();
            let start = self.source.pos;
            let Some((name, end)) = self.source.unquoted_word(LONGEST_NAME) else { return Ok(()) };
            let Some((value, sure)) = self.settings.meaning(&name, when) else { return Ok(()) };
            self.source.expanding.retain(|one| one.end > start);
            if self.source.expanding.iter().any(|one| one.name == name) {
                return Ok(());
            }
            self.aliases += 1;
            if self.aliases > MAX_ALIASES {
                return Err(Stop::Limit { what: "aliases", limit: MAX_ALIASES });
            }
            let mut text = value.to_vec();
            if !sure {
                self.note_unexpanded(start);
            }
            let continues = text.ends_with(b" ") || text.ends_with(b"\t");
            // bash adds a blank, so that the text's last word is complete where it ends.
            if text.last().is_some_and(|last| !super::source::is_meta(*last)) {
                text.push(b' ');
            }
            self.source.splice(start, end, &text);
            let end = start + text.len();
            self.source.expanding.push(Expanding { name, end });
            if continues {
                self.source.also_alias = Some(end);
            }
            self.blanks();
        }
    }

    /// The alias may not hold: the line as it stands may be what runs.
    fn note_unexpanded(&mut self, start: usize) {
        let rest = self.source.text.get(start..).unwrap_or_default();
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let line = rest.get(..end.min(LONGEST_LINE)).unwrap_or_default().to_vec();
        self.doubts.push(Doubt::Disagreement { at: self.source.span(start, start + end) });
        self.unexpanded.push(line);
    }

    /// The word after an alias that ended in a blank is looked up as well.
    pub fn expand_following_alias(&mut self) -> Read<()> {
        match self.source.also_alias {
            Some(after) if self.source.pos >= after => {
                self.source.also_alias = None;
                self.expand_alias()
            }
            Some(_) | None => Ok(()),
        }
    }
}
