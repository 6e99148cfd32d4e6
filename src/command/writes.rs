//! Files that a command writes: by redirections, and by what its tool's row in `writers` says of its words. What is put
//! into them is remembered for later parts of the same text, and followed where someone will run it later.

use bstr::{BString, ByteSlice};

use super::options::{Split, Table, split};
use super::scope::Scope;
use super::simple::Call;
use super::walk::Walker;
use super::words::{Cause, Piece, Value, Word};
use super::writers::{From, Outputs, Writer, writers};
use super::{Later, Program, Redirect, RedirectMode, Sight, Write, WrittenBy};

/// A file that is made and what comes to lie in it; `None`: nothing, since what would be copied is not there.
struct Made {
    path: Word,
    content: Option<Value>,
    /// It had another name before.
    moved: bool,
}

fn fresh(path: Word, content: Option<Value>) -> Made {
    Made { path, content, moved: false }
}

/// The writes of redirections, before it is known what they put there.
pub(super) fn redirected(redirections: &[Redirect]) -> Vec<Write> {
    let writes = redirections.iter().filter(|redirect| redirect.mode != RedirectMode::Read);
    writes
        .map(|redirect| Write {
            path: redirect.target.clone(),
            append: redirect.mode == RedirectMode::Append,
            by: WrittenBy::Redirection,
            content: Value::unknown(Cause::Construct("what a command prints")),
            later: None,
        })
        .collect()
}

impl Walker<'_> {
    /// Says of the writes of redirections since `first` what was printed into them.
    pub(super) fn printed_into(&mut self, first: usize, path: &Value, append: bool, text: &Value, scope: &mut Scope) {
        let silent = self.model.commands.get(first..).unwrap_or_default().iter().all(prints_what_it_says);
        let content = match text {
            // Not every program's output is followed: only some are known to print nothing.
            Value::Known(printed) if printed.is_empty() && !silent => {
                Value::unknown(Cause::Construct("what a command prints"))
            }
            text => text.clone(),
        };
        let noted = self.model.commands.len();
        for at in first..noted {
            let Some(command) = self.model.commands.get_mut(at) else { return };
            let place = command.at.clone();
            let of = |write: &&mut Write| {
                write.by == WrittenBy::Redirection && write.path.value == *path && write.append == append
            };
            let Some(write) = command.writes.iter_mut().find(of) else { continue };
            write.content = content.clone();
            let later = self.later(path, &content, &place, scope);
            if let Some(write) = self.model.commands.get_mut(at).and_then(|command| command.writes.iter_mut().find(of))
            {
                write.later = later;
            }
            break;
        }
        if let (Value::Known(path), Some(place)) = (path, self.model.commands.get(first).map(|one| one.at.clone())) {
            if let Some(secret) = text.secret().filter(|_| scope.is_socket(path)) {
                self.send(first, secret.clone(), true);
            }
            self.said_to_socket(path, text, &place, scope);
        }
        if append {
            self.refilled(path, noted);
        }
    }

    /// A file that is emptied and then added to is written anew.
    fn refilled(&mut self, path: &Value, before: usize) {
        for command in self.model.commands.iter_mut().take(before).rev().take(50) {
            for write in &mut command.writes {
                let emptied = matches!(&write.content, Value::Known(text) if text.is_empty());
                if emptied && !write.append && write.path.value == *path {
                    write.content = Value::unknown(Cause::Construct("what is added later"));
                }
            }
        }
    }

    /// What the tool's row says that it writes.
    pub(super) fn outputs(&mut self, tool: &BString, noted: usize, call: &Call, scope: &mut Scope) {
        if matches!(tool.as_slice(), b"sed" | b"gsed" | b"perl") {
            return self.edited_in_place(tool, noted, call, scope);
        }
        if *tool == "git" {
            self.configured(call, scope);
        }
        match tool.as_slice() {
            b"nc" | b"ncat" | b"netcat" | b"telnet" => return self.said_by_pipe(call, scope),
            b"openssl" | b"socat" => self.said_to_address(call, scope),
            b"curl" => self.said_by_curl(call, scope),
            b"sqlite3" | b"sqlite" | b"duckdb" => return self.written_by_dot_commands(noted, call, scope),
            _ => {}
        }
        if matches!(tool.as_slice(), b"tar" | b"gtar" | b"bsdtar" | b"unzip") {
            self.unpacked(tool, noted, call, scope);
        }
        for writer in writers(tool) {
            self.written_by(writer, tool, noted, call, scope);
        }
    }

    fn written_by(&mut self, writer: &Writer, tool: &BString, noted: usize, call: &Call, scope: &mut Scope) {
        let words = call.words.get(1..).unwrap_or_default();
        let value: Vec<&str> = writer.value.iter().chain(writer.options).copied().collect();
        let flag: Vec<&str> = [writer.flag, writer.needs, writer.spares, writer.append].concat();
        let flag: Vec<&str> = flag.into_iter().filter(|one| !value.contains(one)).collect();
        let table = Table {
            style: writer.style,
            value: &value,
            flag: &flag,
            optional: writer.optional,
            stop_at_operand: writer.wraps,
        };
        let given = split(words, &table);
        let mut operands: Vec<&Word> = operands_of(&given, words);
        if !writer.verb.is_empty() {
            let fits = operands
                .first()
                .and_then(|word| word.text())
                .is_some_and(|first| writer.verb.iter().any(|verb| verb.as_bytes() == first));
            if !fits {
                return;
            }
            operands.remove(0);
        }
        let has = |names: &[&str]| names.iter().any(|name| given.has(name));
        // tar's first word may be its options without a dash.
        let bare = writer.needs.contains(&"-c") && operands.first().and_then(|word| word.text()).is_some_and(is_create);
        if !writer.needs.is_empty() && !has(writer.needs) && !bare || has(writer.spares) {
            return;
        }
        let append = has(writer.append);
        let mut made: Vec<Made> = Vec::new();
        for name in writer.options {
            let values = given.given.iter().filter(|one| one.name == name.as_bytes());
            for path in values.filter_map(|one| one.value.clone()) {
                let content = self.printed_by(tool, call, scope);
                // What is read and written back in order is not lost.
                if !operands.iter().any(|operand| operand.value == path.value) {
                    made.push(fresh(path, Some(content)));
                }
            }
        }
        if bare && let Some(path) = operands.get(1) {
            made.push(fresh((*path).clone(), Some(self.printed_by(tool, call, scope))));
        }
        made.extend(self.by_operands(writer, tool, &given, &operands, call, scope));
        for one in made {
            self.made(one, append, writer.by, noted, call, scope);
        }
    }

    fn by_operands(
        &mut self,
        writer: &Writer,
        tool: &BString,
        given: &Split,
        operands: &[&Word],
        call: &Call,
        scope: &mut Scope,
    ) -> Vec<Made> {
        let printed = self.printed_by(tool, call, scope);
        let own = || Some(printed.clone());
        let plain = |word: &Word| fresh(word.clone(), own());
        match writer.outputs {
            Outputs::Nth(number) => operands.get(number - 1).map(|word| plain(word)).into_iter().collect(),
            Outputs::Last if operands.len() > 1 => operands.last().map(|word| plain(word)).into_iter().collect(),
            Outputs::Copies => self.copies(tool, given, operands, scope),
            Outputs::All => {
                let content = match writer.from {
                    From::Input => self.input_value(&call.input, scope),
                    From::Itself | From::Operand => None,
                };
                let content = content.or_else(own);
                operands.iter().map(|word| fresh((*word).clone(), content.clone())).collect()
            }
            Outputs::After(prefix) => {
                // Without other operands than these dd copies its input as it is.
                let whole = |word: &&Word| {
                    let same =
                        |text: &[u8]| [prefix, "bs=", "status="].iter().any(|one| text.starts_with(one.as_bytes()));
                    word.text().is_some_and(same)
                };
                let content = self.input_value(&call.input, scope).filter(|_| operands.iter().all(whole)).or_else(own);
                let path = |word: &&Word| {
                    let text = word.text()?.strip_prefix(prefix.as_bytes())?;
                    Some(fresh(Word::known(text), content.clone()))
                };
                operands.iter().filter_map(path).collect()
            }
            Outputs::Address(options) if options.iter().any(|name| given.has(name)) => {
                let last = |word: &&Word| {
                    let text = word.text()?.split(|byte| matches!(byte, b'?' | b'#')).next()?;
                    let name = text.rsplit(|byte| *byte == b'/').next().filter(|name| !name.is_empty())?;
                    Some(fresh(Word::known(name), own()))
                };
                operands.iter().filter_map(last).collect()
            }
            Outputs::Ending(_) if given.has("-o") => Vec::new(),
            Outputs::None | Outputs::Last | Outputs::Address(_) => Vec::new(),
            Outputs::Ending(ending) => {
                let other = |word: &&Word| {
                    let text = word.text()?;
                    let path = match text.strip_suffix(ending.as_bytes()) {
                        Some(bare) => BString::from(bare),
                        None => [text, ending.as_bytes()].concat().into(),
                    };
                    Some(fresh(Word::known(path), own()))
                };
                operands.iter().filter_map(other).collect()
            }
        }
    }

    /// `cp a b`, `cp a b folder`, `ln -s a b`, `mv -t folder a`
    fn copies(&mut self, tool: &BString, given: &Split, operands: &[&Word], scope: &Scope) -> Vec<Made> {
        let into = ["-t", "--target-directory"].iter().find_map(|name| given.value_of(name)).cloned();
        let (sources, target, folder) = match (into, operands) {
            (Some(folder), sources) => (sources, folder, true),
            (None, [sources @ .., target]) if !sources.is_empty() => {
                let target = (*target).clone();
                let folder = sources.len() > 1 || target.text().is_some_and(|path| is_folder(path, scope));
                (sources, target, folder)
            }
            (None, _) => return Vec::new(),
        };
        let linked = *tool == "ln" && (given.has("-s") || given.has("--symbolic"));
        let mut made = Vec::new();
        for source in sources {
            let name = source.text().and_then(|path| path.rsplit(|byte| *byte == b'/').find(|part| !part.is_empty()));
            let path = match (folder, target.text(), name) {
                (true, Some(folder), Some(name)) => Word::known(joined(folder, name)),
                (_, _, _) => target.clone(),
            };
            let content = match source.text() {
                Some(from) if linked && !from.starts_with(b"/") => {
                    let beside = path.text().and_then(|path| path.rfind_byte(b'/').map(|slash| &path[..=slash]));
                    let from = [beside.unwrap_or_default(), from].concat();
                    self.copied(&from, scope)
                }
                Some(from) => self.copied(from, scope),
                None => Some(match self.secret_in(source, scope) {
                    Some(secret) => Value::of_secret(secret),
                    None => Value::unknown(Cause::Output(tool.clone())),
                }),
            };
            let moved =
                matches!(tool.as_slice(), b"mv" | b"gmv") && !source.text().is_some_and(|path| scope.has_made(path));
            made.push(Made { path, content, moved });
        }
        made
    }

    fn copied(&mut self, from: &[u8], scope: &Scope) -> Option<Value> {
        if let Some(secret) = self.secret_at(from, scope) {
            return Some(Value::of_secret(secret));
        }
        if from == b"/dev/null" {
            return Some(Value::known(""));
        }
        let unknown = || Some(Value::unknown(Cause::Output("cat".into())));
        let made_here = scope.absolute(from).is_some_and(|path| scope.created.contains(&path));
        match self.file(from, scope) {
            Some(Ok(text)) => Some(text),
            // What comes from another machine is not looked for here.
            Some(Err(Sight::Missing)) if !made_here && !from.contains(&b':') => None,
            Some(Err(_)) | None => unknown(),
        }
    }

    fn made(&mut self, made: Made, append: bool, by: WrittenBy, noted: usize, call: &Call, scope: &mut Scope) {
        let Made { path, content, moved } = made;
        if matches!(path.text(), Some(b"-" | b"" | b"/dev/null" | b"/dev/stdout" | b"/dev/stderr")) {
            return;
        }
        if let (Some(text), Some(secret)) = (path.text(), content.as_ref().and_then(Value::secret))
            && scope.is_socket(text)
        {
            return self.send(noted, secret.clone(), true);
        }
        if let Some(text) = path.text() {
            if !moved {
                scope.create(text);
            }
            let before = if append { self.file(text, scope) } else { Some(Err(Sight::Missing)) };
            match (&content, before) {
                (Some(content), Some(Ok(before))) => scope.put(text, before.then(content.clone())),
                (Some(content), Some(Err(Sight::Missing))) => scope.put(text, content.clone()),
                (Some(_) | None, _) => {}
            }
        }
        let later = content.as_ref().and_then(|content| self.later(&path.value, content, &call.at, scope));
        let content = content.unwrap_or_else(|| Value::unknown(Cause::Input));
        if let Some(command) = self.model.commands.get_mut(noted) {
            command.writes.push(Write { path, append, by, content, later });
        }
    }

    /// A file that a program makes of its own.
    pub(super) fn wrote(&mut self, path: Word, noted: usize, call: &Call, scope: &mut Scope) {
        let tool = call.words.first().map(Word::shown).unwrap_or_default();
        let made = fresh(path, Some(Value::unknown(Cause::Output(tool))));
        self.made(made, false, WrittenBy::Output, noted, call, scope);
    }

    /// `sed -i`, `perl -i`: what is there is changed, and what the change puts in is known of the simplest only.
    fn edited_in_place(&mut self, tool: &BString, noted: usize, call: &Call, scope: &mut Scope) {
        let words = call.words.get(1..).unwrap_or_default();
        let short = |word: &Word| word.text().is_some_and(|text| text.starts_with(b"-") && !text.starts_with(b"--"));
        let place = |word: &Word| {
            let text = word.text().unwrap_or_default();
            text.starts_with(b"--in-place") || short(word) && text.contains(&b'i')
        };
        if !words.iter().any(place) {
            return;
        }
        let table = Table {
            style: super::options::Style::Gnu,
            value: &["-e", "--expression", "-f", "--file", "-l", "-E", "-M", "-I"]
                [..if *tool == "perl" { 8 } else { 5 }],
            flag: &["-n", "-r", "-s", "-z", "-u", "-p", "-w"],
            optional: &["-i", "--in-place"],
            stop_at_operand: false,
        };
        let given = split(words, &table);
        let mut operands = operands_of(&given, words);
        let scripts: Vec<Word> = ["-e", "--expression"]
            .iter()
            .flat_map(|name| given.given.iter().filter(|one| one.name == name.as_bytes()))
            .filter_map(|one| one.value.clone())
            .collect();
        let scripts = if scripts.is_empty() && !given.has("-f") && !operands.is_empty() {
            vec![operands.remove(0).clone()]
        } else {
            scripts
        };
        let inserted = scripts.iter().map(|script| inserted(&script.value)).collect::<Option<Vec<_>>>();
        let content = match inserted {
            Some(lines) if *tool != "perl" && !lines.is_empty() => {
                lines.into_iter().fold(Value::known(""), |all, line| all.then(line).then(Value::known("\n")))
            }
            Some(_) | None => Value::unknown(Cause::Output(tool.clone())),
        };
        for path in operands {
            let made = fresh(path.clone(), Some(content.clone()));
            self.changed(made, WrittenBy::Purpose, noted, call, scope);
        }
    }

    /// `tar -x -C folder`, `unzip -d folder`: files of unknown names come to lie there.
    fn unpacked(&mut self, tool: &BString, noted: usize, call: &Call, scope: &mut Scope) {
        let words = call.words.get(1..).unwrap_or_default();
        let extracts = |word: &Word| {
            let text = word.text().unwrap_or_default();
            text == b"--extract" || !text.starts_with(b"--") && !text.contains(&b'/') && text.contains(&b'x')
        };
        let folder: &[&[u8]] = if *tool == "unzip" { &[b"-d"] } else { &[b"-C", b"--directory"] };
        let at = words.iter().position(|word| word.text().is_some_and(|text| folder.contains(&text)));
        let joined = || words.iter().find_map(|word| Some(Word::known(word.text()?.strip_prefix(b"--directory=")?)));
        let Some(path) = at.and_then(|at| words.get(at + 1).cloned()).or_else(joined) else { return };
        if *tool == "unzip" || words.iter().take(2).any(extracts) {
            let content = Some(Value::unknown(Cause::Output(tool.clone())));
            self.changed(fresh(path, content), WrittenBy::Output, noted, call, scope);
        }
    }

    /// As `made`, where most of what is there stays.
    fn changed(&mut self, made: Made, by: WrittenBy, noted: usize, call: &Call, scope: &mut Scope) {
        let content = made.content.unwrap_or_else(|| Value::unknown(Cause::Input));
        let later = self.later(&made.path.value, &content, &call.at, scope);
        let write = Write { path: made.path, append: true, by, content, later };
        if let Some(path) = write.path.text().map(BString::from)
            && let Some(path) = scope.absolute(&path)
            && scope.files.contains_key(&path)
        {
            scope.write(&path, Value::unknown(Cause::Construct("a file that is changed in place")));
        }
        if let Some(command) = self.model.commands.get_mut(noted) {
            command.writes.push(write);
        }
    }
}

/// `history -w FILE`: the lines of this shell, of which an agent's has none, take the place of what is there.
pub(super) fn history(words: &[Word], scope: &Scope) -> Option<Write> {
    let at = words.iter().position(|word| matches!(word.text(), Some(b"-w" | b"-a")))?;
    let path = words.get(at + 1).cloned().or_else(|| Some(word(scope.value(b"HISTFILE")?)))?;
    let append = words.get(at).and_then(Word::text) == Some(b"-a");
    Some(Write { path, append, by: WrittenBy::Output, content: Value::unknown(Cause::Input), later: None })
}

/// `HISTFILE=f HISTFILESIZE=0`: bash cuts the file at once.
pub(super) fn history_cut(assigned: &[(BString, Value)], scope: &Scope) -> Option<Write> {
    let of = |wanted: &str| assigned.iter().rev().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    let size = of("HISTFILESIZE")?;
    let path = of("HISTFILE").or_else(|| scope.value(b"HISTFILE"))?;
    let none = matches!(&size, Value::Known(size) if size == "0");
    none.then(|| Write {
        path: word(path),
        append: false,
        by: WrittenBy::Redirection,
        content: Value::known(""),
        later: None,
    })
}

fn word(value: Value) -> Word {
    let written = match &value {
        Value::Known(text) => text.clone(),
        Value::OneOf(_) | Value::Unknown(_) => BString::default(),
    };
    Word { value, glob: false, written }
}

/// Its output is what the text says of it.
fn prints_what_it_says(command: &super::Command) -> bool {
    match &command.program {
        Program::None => true,
        Program::Builtin(name) => matches!(name.as_slice(), b":" | b"true" | b"false" | b"echo" | b"printf" | b"exec"),
        Program::Name(_) | Program::File(_) => command.tool() == Some(b"cat"),
        Program::Unknown => false,
    }
}

/// Operands and what may be one, in order.
fn operands_of<'w>(given: &Split, words: &'w [Word]) -> Vec<&'w Word> {
    let mut all: Vec<usize> = given.operands.iter().chain(&given.hazy).copied().collect();
    all.sort_unstable();
    all.iter().filter_map(|at| words.get(*at)).collect()
}

/// What a script of `sed` puts in, with the holes that the script has there.
fn inserted(script: &Value) -> Option<Value> {
    const HOLE: &[u8] = b"\x01";
    match script {
        Value::Known(text) => super::later::inserted(text).map(Value::Known),
        Value::OneOf(_) => None,
        Value::Unknown(shape) => {
            let pieces = shape.pieces.iter().map(|piece| match piece {
                Piece::Text(text) => text.as_slice(),
                Piece::Hole => HOLE,
            });
            let text = super::later::inserted(&pieces.collect::<Vec<_>>().concat())?;
            let parts = text.split_str(HOLE).map(Value::known);
            let hole = || Value::unknown(shape.because.clone());
            parts.reduce(|all, part| all.then(hole()).then(part))
        }
    }
}

/// `tar cf x.tar …`
fn is_create(word: &[u8]) -> bool {
    !word.starts_with(b"-") && word.contains(&b'c') && word.ends_with(b"f") && word.len() < 8
}

/// A path that is a folder for sure, without looking.
fn is_folder(path: &[u8], scope: &Scope) -> bool {
    let home = scope.value(b"HOME");
    let plain = path.trim_end_with(|c| c == '/');
    path.ends_with(b"/")
        || matches!(path, b"." | b"..")
        || matches!(&home, Some(Value::Known(home)) if home.as_slice() == plain)
        || plain.ends_with(b".git/hooks")
        || plain.ends_with(b"/.ssh")
}

fn joined(folder: &[u8], name: &[u8]) -> BString {
    let mut path = BString::from(folder.trim_end_with(|c| c == '/'));
    path.push(b'/');
    path.extend_from_slice(name);
    path
}

impl Later {
    /// The worse of two.
    pub(super) fn worse(self, other: Later) -> Later {
        match (self, other) {
            (Later::Door, _) | (_, Later::Door) => Later::Door,
            (Later::Unread, _) | (_, Later::Unread) => Later::Unread,
            (Later::Read, Later::Read) => Later::Read,
        }
    }
}
