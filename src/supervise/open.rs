//! Text that was handed on although it is unfinished. Who took its first lines, bash's parser or a `read`, is not known,
//! so a command may begin at each of its lines: `read x` takes `it's`, and what follows is not within quotes.

#[derive(Default)]
pub(super) struct Open {
    text: Vec<u8>,
    /// Where a command may begin that is still unfinished.
    begins: Vec<usize>,
    /// Where the command begins that bash's parser holds, if nothing else took a line.
    parser: Option<usize>,
}

/// So many beginnings are kept, of the oldest and of the newest half each.
const MOST: usize = 64;

impl Open {
    pub(super) fn is_empty(&self) -> bool {
        self.begins.is_empty()
    }

    /// bash's parser has the beginning of a command.
    pub(super) fn in_parser(&self) -> bool {
        self.parser.is_some()
    }

    pub(super) fn clear(&mut self) {
        *self = Open::default();
    }

    /// Every text that ends in these new lines and may be read as a command, with the place where it begins.
    pub(super) fn readings(&self, lines: &[u8]) -> Vec<(usize, Vec<u8>)> {
        let new = (!lines.is_empty()).then_some(self.text.len());
        let begins = self.begins.iter().copied().chain(new);
        begins.map(|begin| (begin, [self.text.get(begin..).unwrap_or_default(), lines].concat())).collect()
    }

    /// The new lines were handed on; `unfinished` are the beginnings from which the text is no complete command yet.
    pub(super) fn extend(&mut self, lines: &[u8], unfinished: Vec<usize>, to_shell: bool) {
        if to_shell {
            let begin = self.parser.unwrap_or(self.text.len());
            self.parser = unfinished.contains(&begin).then_some(begin);
        }
        self.text.extend_from_slice(lines);
        self.begins = unfinished;
        if self.begins.is_empty() {
            self.clear();
        } else if self.begins.len() > MOST {
            let newest = self.begins.split_off(self.begins.len() - MOST / 2);
            self.begins.truncate(MOST / 2);
            self.begins.extend(newest);
        }
    }

    /// What the feeder put in place of a refused command.
    pub(super) fn note(&mut self, line: &[u8]) {
        if !self.is_empty() {
            self.text.extend_from_slice(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Open;

    fn texts(open: &Open, line: &str) -> Vec<String> {
        let readings = open.readings(line.as_bytes()).into_iter();
        readings.map(|(_, text)| String::from_utf8_lossy(&text).into_owned()).collect()
    }

    #[test]
    fn a_command_may_begin_at_each_line_that_was_handed_on() {
        let mut open = Open::default();
        assert_eq!(texts(&open, "it's\n"), ["it's\n"]);
        open.extend(b"it's\n", vec![0], true);
        assert!(open.in_parser());
        assert_eq!(texts(&open, "rm \\\n"), ["it's\nrm \\\n", "rm \\\n"]);
        open.extend(b"rm \\\n", vec![0, 5], true);
        assert_eq!(texts(&open, "-r x\n"), ["it's\nrm \\\n-r x\n", "rm \\\n-r x\n", "-r x\n"]);
        open.extend(b"-r x\n", vec![], true);
        assert!(open.is_empty() && !open.in_parser());
    }

    #[test]
    fn lines_that_a_program_took_are_not_in_the_parser() {
        let mut open = Open::default();
        open.extend(b"it's\n", vec![0], false);
        assert!(!open.is_empty() && !open.in_parser());
        for _ in 0..500 {
            let begins = open.readings(b"'\n").into_iter().map(|(begin, _)| begin).collect();
            open.extend(b"'\n", begins, false);
        }
        assert!(open.readings(b"x").len() < 70);
    }
}
