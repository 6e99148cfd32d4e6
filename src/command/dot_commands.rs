//! sqlite's and duckdb's own commands that write a file: `.output F`, `.backup F`. They stand in operands, in `-cmd` and
//! in the input.

use bstr::ByteSlice;

use super::scope::Scope;
use super::simple::Call;
use super::walk::Walker;
use super::words::{Value, Word};

const WRITE: [&[u8]; 8] = [b".output", b".once", b".backup", b".save", b".clone", b".log", b".excel", b".trace"];

impl Walker<'_> {
    pub(super) fn written_by_dot_commands(&mut self, noted: usize, call: &Call, scope: &mut Scope) {
        let given = call.words.iter().skip(1).map(|word| word.value.clone());
        let said = self.input_value(&call.input, scope);
        let texts: Vec<Value> = given.chain(said).collect();
        for text in texts {
            let Value::Known(text) = text else { continue };
            for line in text.lines() {
                let mut words = line.fields_with(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
                if !words.next().is_some_and(|verb| WRITE.contains(&verb)) {
                    continue;
                }
                // `.backup main F`: the file is the last.
                let path = words.filter(|word| !word.starts_with(b"-")).last();
                let Some(path) = path.filter(|path| !matches!(*path, b"stdout" | b"off" | b"stderr")) else { continue };
                self.wrote(Word::known(path), noted, call, scope);
            }
        }
    }
}
