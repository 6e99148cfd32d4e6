//! Programs: which file a name means, what is followed of it, and what it prints.

use bstr::{BString, ByteSlice};

use super::scope::Scope;
use super::simple::Call;
use super::walk::{Input, Walker};
use super::words::{Cause, Value, Word};
use super::{Command, Program, Sight, Want, builtins, follow, git, image, naming, output, scripts, shells, wrappers};

/// Directories whose programs are the system's own.
const SYSTEM: [&str; 6] = ["/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"];

impl Walker<'_> {
    /// A program: by name along PATH, or by path.
    pub(super) fn program(&mut self, name: &BString, call: Call, scope: &mut Scope) {
        let program = self.resolve(name, &call, scope);
        let program = image::behind(self, program, scope);
        let path = match &program {
            Program::File(path) => path.clone(),
            Program::None | Program::Builtin(_) | Program::Name(_) | Program::Unknown => name.clone(),
        };
        // A version manager's shim leads, by way of its manager, to itself with the same words: they are judged already.
        if self.files.contains(&path) && self.installed.iter().any(|words| same_words(words, &call.words)) {
            return;
        }
        let tool: BString = path.rsplit(|byte| *byte == b'/').next().unwrap_or(&path).into();
        let noted = self.model.commands.len();
        self.note(&call, program.clone(), scope);
        image::remember(self, &tool, &call, scope);
        let own = matches!(&program, Program::File(path) if !is_system(path) && !self.installed_part(name, path, scope))
            || scope.absolute(name).is_some_and(|path| scope.files.contains_key(&path));
        // A script under a shell's or a wrapper's name is what it says, and perhaps the shell after all.
        if own && (shells::is_shell(&tool) || wrappers::is_wrapper(&tool)) {
            let quiet = self.quiet;
            let depth = self.installed.len();
            if !name.contains(&b'/') {
                self.quiet = true;
                self.installed.push(call.words.clone());
            }
            scripts::script(self, &path, &call, scope);
            self.quiet = quiet;
            self.installed.truncate(depth);
        }
        if follow::shell(self, &tool, &call, scope) || wrappers::unwrap(self, &tool, &call, scope) {
            self.effects(&tool, noted, &call, scope);
            return;
        }
        // An installed program that happens to be a shell script is read for what it does, but what can't be read of it
        // is like the inside of any program: no question by itself.
        let installed = !name.contains(&b'/');
        let quiet = self.quiet;
        self.quiet |= installed;
        let depth = self.installed.len();
        if installed && own {
            self.installed.push(call.words.clone());
        }
        // What a downloader prints comes from elsewhere, however the downloader itself is written.
        let followed = if installed && follow::is_remote(&tool) {
            let mut followed = false;
            self.capture(|walker| followed = own && scripts::script(walker, &path, &call, scope));
            if followed {
                let tool = tool.clone();
                self.emit(|_| Value::unknown(Cause::Output(tool)));
            }
            followed
        } else {
            own && scripts::script(self, &path, &call, scope)
        };
        self.quiet = quiet;
        self.installed.truncate(depth);
        if followed {
            return self.effects(&tool, noted, &call, scope);
        }
        self.effects(&tool, noted, &call, scope);
        self.print(&tool, &call, scope);
    }

    /// What an installed script starts by its path, outside the folder it works in, is a part of the installation: the
    /// inside of a program, like what a binary does.
    fn installed_part(&self, name: &BString, path: &BString, scope: &Scope) -> bool {
        let here =
            |directory: &BString| path.strip_prefix(directory.as_slice()).is_some_and(|rest| rest.starts_with(b"/"));
        !self.installed.is_empty()
            && name.contains(&b'/')
            && matches!(&scope.directory, Value::Known(directory) if !here(directory))
    }

    pub(super) fn resolve(&mut self, name: &BString, call: &Call, scope: &mut Scope) -> Program {
        if name.contains(&b'/') {
            return match scope.absolute(name) {
                Some(path) => Program::File(path),
                None => Program::File(name.clone()),
            };
        }
        let assigned = call.assignments.iter().rev().find(|(name, _)| name == "PATH").map(|(_, value)| value.clone());
        let path = match assigned.or_else(|| scope.value(b"PATH")) {
            Some(Value::Known(path)) => path,
            Some(Value::OneOf(_) | Value::Unknown(_)) | None => return Program::Name(name.clone()),
        };
        // Only folders that are not the system's can put another program under a known name.
        if scope.elsewhere || path.split(|byte| *byte == b':').all(is_system_folder) {
            return Program::Name(name.clone());
        }
        // An element that is not absolute counts from where the shell stands.
        let absolute =
            |folder: &[u8]| if folder.starts_with(b"/") { Some(folder.into()) } else { scope.absolute(folder) };
        let folders: Option<Vec<BString>> = path.split(|byte| *byte == b':').map(absolute).collect();
        let Some(folders) = folders else { return Program::Name(name.clone()) };
        // What the text put into one of them.
        let placed = |folder: &BString| super::plain(&[folder.as_slice(), b"/", name].concat());
        if let Some(path) =
            folders.iter().map(placed).find(|path| self.images.contains_key(path) || scope.files.contains_key(path))
        {
            return Program::File(path);
        }
        let path = bstr::join(":", folders).into();
        match self.sight(Want::Program { name: name.clone(), path }) {
            Some(Sight::Program(path)) => Program::File(path),
            Some(_) | None => Program::Name(name.clone()),
        }
    }

    /// What it prints, where someone listens.
    fn print(&mut self, tool: &BString, call: &Call, scope: &mut Scope) {
        if !self.is_captured() {
            return;
        }
        if let Some(secret) = self.repeats(tool, call, scope) {
            return self.emit(|_| Value::of_secret(secret));
        }
        let name = tool.to_str_lossy();
        if *tool == "which" {
            return builtins::located(self, call.words.get(1..).unwrap_or_default(), call, scope);
        }
        if *tool == "find" {
            // Everything below its root, or something unknown: that is what xargs will be given.
            return self.emit(|_| match wrappers::searched(call.words.get(1..).unwrap_or_default()) {
                Value::Known(all) => Value::entry_of(&all),
                secret if secret.secret().is_some() => secret,
                Value::OneOf(_) | Value::Unknown(_) => Value::unknown(Cause::Output("find".into())),
            });
        }
        if *tool == "ls"
            && let Some(pattern) = listed(call.words.get(1..).unwrap_or_default())
        {
            return self.emit(|_| Value::entry_of(&pattern));
        }
        if self.reads_nothing(tool, call, scope) {
            return self.emit(|_| Value::known(""));
        }
        if let Some(name) = naming::printed(&call.words, scope) {
            return self.emit(|_| name);
        }
        if *tool == "git"
            && let Some(root) = git::printed(self, call, scope)
        {
            return self.emit(|_| root);
        }
        let open = call.words.iter().any(|word| word.glob);
        let printed = if output::PURE.contains(&name.as_ref()) && !open {
            let input = self.input_text(&call.input, scope);
            match (name.as_ref(), self.operand_text(call, scope)) {
                ("cat", Some(text)) => Some(text),
                _ => output::print(&call.words, input.as_deref().map(Vec::as_slice)).map(Value::Known),
            }
        } else {
            None
        };
        let tool = tool.clone();
        self.emit(|_| printed.unwrap_or_else(|| Value::unknown(Cause::Output(tool))));
    }

    /// `cat file …`: the files' text.
    fn operand_text(&mut self, call: &Call, scope: &mut Scope) -> Option<Value> {
        let paths: Vec<BString> = call
            .words
            .iter()
            .skip(1)
            .map(|word| word.text().filter(|path| !path.starts_with(b"-")).map(BString::from))
            .collect::<Option<_>>()?;
        if paths.is_empty() {
            return None;
        }
        let mut all = Value::known("");
        for path in paths {
            all = match self.content(&path, scope) {
                Some(Ok(text)) => all.then(text),
                Some(Err(_)) | None => return Some(Value::unknown(Cause::Output("cat".into()))),
            };
        }
        Some(all)
    }

    /// Standard input as text, where it is known.
    pub(super) fn input_text(&mut self, input: &Input, scope: &Scope) -> Option<BString> {
        match self.input_value(input, scope)? {
            Value::Known(text) => Some(text),
            Value::OneOf(_) | Value::Unknown(_) => None,
        }
    }

    pub(super) fn input_value(&mut self, input: &Input, scope: &Scope) -> Option<Value> {
        match input {
            Input::Inherited => None,
            Input::Text(value) => Some(value.borrow().clone()),
            Input::File(word) => {
                if let Some(secret) = self.secret_in(word, scope) {
                    return Some(Value::of_secret(secret));
                }
                let path = word.text()?.to_vec();
                match self.content(&path, scope) {
                    Some(Ok(text)) => Some(text),
                    Some(Err(_)) | None => None,
                }
            }
        }
    }
}

/// `ls` alone, or `ls -d` with a pattern: what it lists are the entries of a pattern, one a line.
fn listed(words: &[Word]) -> Option<BString> {
    let mut pattern = None;
    let mut itself = false;
    for word in words {
        let text = word.text()?;
        match text.strip_prefix(b"-") {
            Some(letters) if letters.iter().all(|letter| b"1AartScCU".contains(letter)) => {}
            Some(b"d") => itself = true,
            None if word.glob && pattern.is_none() => pattern = Some(BString::from(text)),
            Some(_) | None => return None,
        }
    }
    match (pattern, itself) {
        (None, false) => Some("*".into()),
        (Some(pattern), true) => Some(pattern),
        (Some(_), false) | (None, true) => None,
    }
}

fn same_words(one: &[Word], other: &[Word]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.value == other.value)
}

impl Command {
    /// A builtin, or one of the system's own programs, whatever folders the text has put on PATH.
    #[must_use]
    pub fn is_the_systems(&self) -> bool {
        match &self.program {
            Program::None | Program::Builtin(_) => true,
            Program::File(path) => is_system(path),
            Program::Name(_) => match self.environment.values.get(&b"PATH"[..]) {
                Some(Value::Known(path)) => path.split(|byte| *byte == b':').all(is_system_folder),
                Some(Value::OneOf(_) | Value::Unknown(_)) | None => false,
            },
            Program::Unknown => false,
        }
    }
}

fn is_system_folder(folder: &[u8]) -> bool {
    SYSTEM.iter().any(|one| one.as_bytes() == folder)
}

/// A file in one of the folders of the system's programs.
#[must_use]
pub fn is_system(path: &[u8]) -> bool {
    path.rfind_byte(b'/').is_some_and(|slash| is_system_folder(&path[..slash]))
}
