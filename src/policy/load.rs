//! The edge of the policy: which files there are, whether they can be trusted, and what they say. With no file at all
//! it opens a few names that do not exist, and no more.

use std::collections::BTreeSet;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::committed::Committed;
use super::join::{Layers, join};
use super::settings::Scope;
use super::{Agents, Fault, Layer, Policy, Site, Trouble, Wrong};
use crate::span::{Place, Span};

/// Where policies are looked for. The environment is read by whoever is outermost, not here.
#[derive(Clone, Debug)]
pub struct Places {
    pub system: PathBuf,
    /// Who must own the system's file: root, except in tests.
    pub system_owner: u32,
    pub user: Option<PathBuf>,
    pub home: Option<PathBuf>,
    pub uid: u32,
}

impl Places {
    /// By the variables HOME and XDG_CONFIG_HOME; relative ones do not count.
    #[must_use]
    pub fn of(home: Option<&Path>, config_home: Option<&Path>, uid: u32) -> Places {
        let home = home.filter(|path| path.is_absolute()).map(Path::to_owned);
        let config = config_home.filter(|path| path.is_absolute()).map(Path::to_owned);
        let config = config.or_else(|| home.as_ref().map(|home| home.join(".config")));
        Places {
            system: PathBuf::from("/etc/guarded/policy.toml"),
            system_owner: 0,
            user: config.map(|config| config.join("guarded/policy.toml")),
            home,
            uid,
        }
    }
}

pub const PROJECT_FILE: &str = ".guarded.toml";
const MOST_BYTES: u64 = 1 << 20;
/// Folders that project files are looked for in; one command can name any number of targets.
const MOST_FOLDERS: usize = 4_096;

/// Which versions of a project's file count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versions {
    /// The one in the work tree.
    Written,
    /// The one in HEAD too. It costs reads of the repository, and matters where a command was found to do something.
    AndCommitted,
}

/// The policy for a command that runs in `directory` and would hit `targets`, asked for by nobody in particular.
pub fn load(places: &Places, directory: &Path, targets: &[PathBuf], versions: Versions) -> Result<Policy, Trouble> {
    load_for(places, directory, targets, versions, &Agents::default)
}

/// The same, asked for by an agent; who that is costs reads of /proc, so it is asked only where a file minds.
pub fn load_for(
    places: &Places,
    directory: &Path,
    targets: &[PathBuf],
    versions: Versions,
    agents: &dyn Fn() -> Agents,
) -> Result<Policy, Trouble> {
    let (layers, digest, warnings) = layers(places, directory, targets, versions)?;
    let agents = if layers.name_agents() { agents() } else { Agents::default() };
    let site = if layers.have_sections() { Site::new(agents, directory, targets) } else { Site::default() };
    Ok(Policy { digest, warnings, ..join(layers, &site) })
}

/// The layers one by one, the digest over all that was read, and warnings about broken project files.
pub fn layers(
    places: &Places,
    directory: &Path,
    targets: &[PathBuf],
    versions: Versions,
) -> Result<(Layers, String, Vec<String>), Trouble> {
    let mut digest = Sha256::new();
    digest.update(concat!("guarded ", env!("CARGO_PKG_VERSION")));
    let mut warnings = Vec::new();
    let mut layers = Layers::default();
    let root_only = [places.system_owner];
    if let Some(text) = trusted_text(&places.system, &root_only)? {
        layers.system = Some(layer(&places.system, &text, Scope::System, places, &mut digest)?);
    }
    let mine = [places.uid, 0, places.system_owner];
    if let Some(path) = &places.user
        && let Some(text) = trusted_text(path, &mine)?
    {
        layers.user = Some(layer(path, &text, Scope::User, places, &mut digest)?);
    }
    let mut committed = Committed::default();
    for path in project_files(directory, targets, &mut warnings) {
        let written = bytes_of(&path).map(|found| found.map(|(bytes, _)| bytes));
        let in_head = match (versions, path.parent()) {
            (Versions::AndCommitted, Some(folder)) => committed.text(folder),
            (Versions::AndCommitted, None) | (Versions::Written, _) => None,
        };
        let in_head = in_head.filter(|bytes| !matches!(&written, Ok(Some(same)) if same == bytes));
        let written = written
            .and_then(|found| found.map(|bytes| layer(&path, &bytes, Scope::Project, places, &mut digest)).transpose());
        // A broken one that is being repaired says nothing until it is committed.
        let repaired = matches!(written, Ok(Some(_)));
        let mut add = |read: Result<Option<Layer>, Trouble>, digest: &mut Sha256| match read {
            Ok(layer) => layers.projects.extend(layer),
            Err(trouble) => {
                digest.update(trouble.to_string());
                warnings.push(trouble.to_string());
            }
        };
        add(written, &mut digest);
        if let Some(bytes) = in_head {
            let name = PathBuf::from(format!("{} in HEAD", path.display()));
            let read = layer(&name, &bytes, Scope::Project, places, &mut digest);
            if read.is_ok() || !repaired {
                add(read.map(Some), &mut digest);
            }
        }
    }
    let digest = hex(&digest.finalize());
    Ok((layers, digest, warnings))
}

/// By UTC: a time zone file is not read for it, and a day more or less does no harm.
#[must_use]
pub fn today() -> jiff::civil::Date {
    jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date()
}

fn layer(path: &Path, bytes: &[u8], scope: Scope, places: &Places, digest: &mut Sha256) -> Result<Layer, Trouble> {
    let source = path.display().to_string();
    digest.update((source.len() as u64).to_le_bytes());
    digest.update(&source);
    digest.update((bytes.len() as u64).to_le_bytes());
    digest.update(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        let place = Place { source: source.into(), line: 1, span: Span::default() };
        return Err(Trouble::Wrong(Box::new(Wrong { place, text: "".into(), fault: Fault::NotText })));
    };
    Layer::read(&source, text, scope, places.home.as_deref(), today)
}

/// `.guarded.toml` above the directory and above each target, outermost first, each once.
fn project_files(directory: &Path, targets: &[PathBuf], warnings: &mut Vec<String>) -> Vec<PathBuf> {
    let mut folders: BTreeSet<PathBuf> = BTreeSet::new();
    let starts = std::iter::once(directory).chain(targets.iter().map(PathBuf::as_path));
    'starts: for start in starts.filter(|start| start.is_absolute()) {
        for folder in start.ancestors() {
            if folders.len() == MOST_FOLDERS {
                warnings.push("too many target folders to look for a .guarded.toml in each".to_owned());
                break 'starts;
            }
            // What is above a known folder is known.
            if !folders.insert(folder.to_owned()) {
                break;
            }
        }
    }
    folders.into_iter().map(|folder| folder.join(PROJECT_FILE)).collect()
}

/// The text of a file that may loosen: only of one that nobody else can write. A symlink's target is what counts.
pub fn trusted_text(path: &Path, owners: &[u32]) -> Result<Option<Vec<u8>>, Trouble> {
    let Some((bytes, metadata)) = bytes_of(path)? else { return Ok(None) };
    let wanted = owners.first().copied().unwrap_or(0);
    let of_root = || owners.contains(&0) && metadata.uid() == NOBODY && !has_root();
    if !owners.contains(&metadata.uid()) && !of_root() {
        return Err(Trouble::Foreign { path: path.to_owned(), owner: metadata.uid(), wanted });
    }
    let group_counts = metadata.uid() == 0 && metadata.gid() != 0;
    refuse_writable(path, &metadata, group_counts)?;
    let real = std::fs::canonicalize(path).map_err(|error| unreadable(path, &error))?;
    for folder in [real.parent(), path.parent()].into_iter().flatten() {
        let metadata = std::fs::metadata(folder).map_err(|error| unreadable(folder, &error))?;
        if metadata.mode() & 0o1000 == 0 {
            refuse_writable(folder, &metadata, false)?;
        }
    }
    Ok(Some(bytes))
}

/// Whom files belong to whose owner is none of a user namespace (/proc/sys/kernel/overflowuid).
const NOBODY: u32 = 65534;

/// Whether root is somebody in this namespace. Where not, as within the fence of an ordinary user, what is root's is
/// nobody's here.
fn has_root() -> bool {
    let map = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    map.lines().any(|line| line.split_ascii_whitespace().next() == Some("0"))
}

fn refuse_writable(path: &Path, metadata: &Metadata, group_counts: bool) -> Result<(), Trouble> {
    let mode = metadata.mode() & 0o777;
    let open = 0o002 | if group_counts { 0o020 } else { 0 };
    if mode & open == 0 { Ok(()) } else { Err(Trouble::Writable { path: path.to_owned(), mode }) }
}

/// `None`: there is no such file. A FIFO or a device is never waited for.
fn bytes_of(path: &Path) -> Result<Option<(Vec<u8>, Metadata)>, Trouble> {
    let file = match open(path) {
        Ok(file) => file,
        // A link into nowhere is a policy that got lost, not one that never was.
        Err(error) if is_absent(&error) && std::fs::symlink_metadata(path).is_err() => return Ok(None),
        Err(error) => return Err(unreadable(path, &error)),
    };
    let metadata = file.metadata().map_err(|error| unreadable(path, &error))?;
    if !metadata.is_file() {
        return Err(Trouble::NotAFile { path: path.to_owned() });
    }
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Trouble::TooBig { path: path.to_owned(), most: MOST_BYTES });
    }
    Ok(Some((bytes, metadata)))
}

fn open(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open(path)
}

/// A name too long to exist, or below something that is no folder, is as absent as a missing one.
fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename)
        || error.kind() == ErrorKind::InvalidInput
}

pub fn unreadable(path: &Path, error: &std::io::Error) -> Trouble {
    let error = match error.kind() {
        // Not the system's words: agents take them for their own containment's and try again outside of it.
        ErrorKind::PermissionDenied => "no right to read it".to_owned(),
        kind => kind.to_string(),
    };
    Trouble::Unreadable { path: path.to_owned(), error }
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
