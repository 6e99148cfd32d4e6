//! The table of wrappers: for each, its options, where its inner command stands and what changes on the way.
//! Sources: the tools' manual pages.

/// Where a wrapper's inner command stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inner {
    /// The operands from the n-th on are a command.
    Words(usize),
    /// The operands from the n-th on, joined, are shell text.
    Text(usize),
    /// The values of these options are shell text.
    Option(&'static [&'static str]),
    /// Options whose value is a shell command after a prefix (`exec=rm …`).
    Prefixed(&'static [&'static str], &'static str),
    /// Standard input is shell text where no other command is given.
    Stdin,
    /// Words between one of these and `;` or `+`.
    Until(&'static [&'static str]),
    /// xargs: operands, with standard input appended.
    Arguments,
    /// parallel: operands as text, with `:::` lists or standard input appended.
    Parallel,
}

/// What a wrapper changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changes {
    Nothing,
    /// The user: the value of this option, root where it is missing.
    User(&'static str),
    /// The host: the n-th operand.
    Host(usize),
    /// The file system: the n-th operand names it.
    Container(usize),
    Later,
}

pub struct Wrapper {
    pub names: &'static [&'static str],
    /// Verb words that must come first (`docker exec`); empty for most.
    pub verb: &'static [&'static str],
    pub value: &'static [&'static str],
    pub flag: &'static [&'static str],
    /// Take a value only when it is attached.
    pub optional: &'static [&'static str],
    /// `NAME=value` words before the command are its environment.
    pub assigns: bool,
    pub changes: Changes,
    pub inner: &'static [Inner],
}

const PLAIN: Wrapper = Wrapper {
    names: &[],
    verb: &[],
    value: &[],
    flag: &[],
    optional: &[],
    assigns: false,
    changes: Changes::Nothing,
    inner: &[Inner::Words(0)],
};

#[rustfmt::skip]
const DOCKER_RUN: &[&str] = &["-v", "--volume", "-e", "--env", "--env-file", "--name", "-p", "--publish", "-w", "--workdir", "-u", "--user", "--network", "--net", "--entrypoint", "-m", "--memory", "--cpus", "-h", "--hostname", "-l", "--label", "--mount", "--platform", "--gpus", "--ulimit", "--restart", "--cap-add", "--cap-drop", "--device", "--dns", "--add-host", "--log-driver", "--log-opt", "--tmpfs", "--security-opt", "--shm-size", "--pull", "--ipc", "--pid", "--userns", "--volumes-from", "-a", "--attach", "--index", "-c", "--container", "-n", "--namespace", "--context", "-f", "--file", "--project-name"];

#[rustfmt::skip]
const KUBECTL: &[&str] = &["-n", "--namespace", "--context", "--kubeconfig", "-c", "--container", "--cluster", "--user", "-s", "--server", "--token", "--as"];

/// One row a wrapper (or family with the same command line).
#[rustfmt::skip]
pub const WRAPPERS: &[Wrapper] = &[
    Wrapper { names: &["sudo"], value: &["-u", "--user", "-g", "--group", "-h", "--host", "-p", "--prompt", "-C", "--close-from", "-D", "--chdir", "-r", "--role", "-t", "--type", "-T", "-U", "-R", "--chroot"], flag: &["-E", "-H", "-n", "-S", "-b", "-k", "-K", "-i", "-s", "-A", "-P", "-B"], assigns: true, changes: Changes::User("-u"), inner: &[Inner::Words(0), Inner::Stdin], ..PLAIN },
    Wrapper { names: &["doas"], value: &["-u", "-C"], flag: &["-n", "-s", "-L"], changes: Changes::User("-u"), ..PLAIN },
    Wrapper { names: &["pkexec"], value: &["--user"], changes: Changes::User("--user"), ..PLAIN },
    Wrapper { names: &["run0"], value: &["-u", "--user", "-g", "--group", "--nice", "-D", "--chdir", "--setenv", "--unit", "--slice"], changes: Changes::User("-u"), ..PLAIN },
    Wrapper { names: &["fakeroot", "fakechroot", "proot"], value: &["-l", "-s", "-i", "-b", "-r", "-w"], ..PLAIN },
    Wrapper { names: &["su"], value: &["-c", "--command", "-s", "--shell", "-g", "--group", "-G", "-w", "--session-command"], flag: &["-", "-l", "-m", "-p", "-P"], changes: Changes::User("user"), inner: &[Inner::Option(&["-c", "--command", "--session-command"]), Inner::Stdin], ..PLAIN },
    Wrapper { names: &["runuser"], value: &["-c", "--command", "-u", "--user", "-g", "-G", "-s"], changes: Changes::User("-u"), inner: &[Inner::Option(&["-c", "--command"]), Inner::Words(0)], ..PLAIN },
    Wrapper { names: &["env"], value: &["-u", "--unset", "-C", "--chdir", "-S", "--split-string"], flag: &["-i", "-0", "-v", "--ignore-environment", "--null", "--debug"], assigns: true, inner: &[Inner::Option(&["-S", "--split-string"]), Inner::Words(0)], ..PLAIN },
    Wrapper { names: &["nohup", "eatmydata", "unbuffer", "catchsegv", "chronic", "busybox", "toybox", "torsocks", "torify", "dbus-run-session", "cronic", "rtk", "nocache", "run-one", "run-this-one", "keep-one-running", "ccache", "sccache", "distcc", "gdbserver"], flag: &["-i", "-q", "-d"], ..PLAIN },
    Wrapper { names: &["caffeinate"], value: &["-t", "-w"], flag: &["-d", "-i", "-m", "-s", "-u"], ..PLAIN },
    Wrapper { names: &["setsid"], flag: &["-c", "-f", "-w", "--ctty", "--fork", "--wait"], ..PLAIN },
    Wrapper { names: &["nice"], value: &["-n", "--adjustment"], ..PLAIN },
    Wrapper { names: &["ionice"], value: &["-c", "--class", "-n", "--classdata", "-p", "--pid"], flag: &["-t"], ..PLAIN },
    Wrapper { names: &["stdbuf"], value: &["-i", "-o", "-e", "--input", "--output", "--error"], ..PLAIN },
    Wrapper { names: &["taskset"], flag: &["-a", "-c"], inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["chrt"], value: &["-T", "-P", "-D"], flag: &["-b", "-f", "-i", "-o", "-r", "-R"], inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["setarch"], flag: &["-R", "-v"], inner: &[Inner::Words(1), Inner::Words(0)], ..PLAIN },
    Wrapper { names: &["linux64", "linux32", "i386", "x86_64"], flag: &["-R", "-v"], ..PLAIN },
    Wrapper { names: &["systemd-inhibit"], value: &["--what", "--who", "--why", "--mode"], ..PLAIN },
    Wrapper { names: &["prlimit", "choom"], value: &["-n", "-p"], ..PLAIN },
    Wrapper { names: &["numactl"], value: &["-i", "-N", "-m", "-C", "-l"], ..PLAIN },
    Wrapper { names: &["firejail", "bwrap"], value: &["--bind", "--ro-bind", "--dev", "--proc", "--tmpfs", "--chdir", "--setenv"], ..PLAIN },
    Wrapper { names: &["proxychains", "proxychains4", "xvfb-run"], value: &["-f", "-s", "-n", "-e"], flag: &["-q", "-a"], ..PLAIN },
    Wrapper { names: &["strace", "ltrace"], value: &["-o", "-e", "-p", "-s", "-S", "-u", "-E", "-a", "-I", "-O", "-P", "-n"], flag: &["-f", "-c", "-C", "-t", "-T", "-q", "-v", "-x", "-y", "-i", "-r"], ..PLAIN },
    Wrapper { names: &["valgrind", "rlwrap", "softlimit", "chpst", "cgexec", "schedtool", "multitime", "setpriv", "aa-exec"], value: &["-u", "-g", "-p", "-m", "-o", "--reuid", "--regid", "--profile", "-n"], ..PLAIN },
    Wrapper { names: &["perf"], verb: &["stat", "record", "trace"], value: &["-e", "-o", "-F", "-p", "-r"], flag: &["-a", "-g", "-d"], ..PLAIN },
    Wrapper { names: &["hyperfine"], value: &["-w", "-r", "-m", "-M", "-p", "-c", "-s", "-n", "--warmup", "--runs", "--prepare", "--cleanup", "--setup", "--export-json", "--shell"], inner: &[Inner::Option(&["-p", "-c", "-s", "--prepare", "--cleanup", "--setup"]), Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["start-stop-daemon", "daemonize"], value: &["-x", "--exec", "--startas", "-a", "-p", "--pidfile", "-u", "--user", "-c", "--chuid", "-d", "-n"], inner: &[Inner::Option(&["-x", "--exec", "--startas", "-a"]), Inner::Words(0)], ..PLAIN },
    Wrapper { names: &["ld.so", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "ld-linux.so.2", "ld-musl-x86_64.so.1"], value: &["--library-path", "--preload", "--audit", "--argv0", "--inhibit-rpath"], flag: &["--list", "--verify"], ..PLAIN },
    Wrapper { names: &["dotenv", "dotenvx"], value: &["-f", "-e"], verb: &[], flag: &["-o", "--override"], inner: &[Inner::Words(0)], ..PLAIN },
    Wrapper { names: &["timeout", "gtimeout"], value: &["-k", "--kill-after", "-s", "--signal"], flag: &["--preserve-status", "--foreground", "-v"], inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["time"], value: &["-f", "--format", "-o", "--output"], flag: &["-p", "-a", "-v"], ..PLAIN },
    Wrapper { names: &["chroot"], value: &["--groups", "--userspec"], changes: Changes::Container(0), inner: &[Inner::Words(1), Inner::Stdin], ..PLAIN },
    Wrapper { names: &["unshare", "nsenter"], value: &["-t", "--target", "-S", "--setuid", "-G", "--setgid", "-R", "--root", "-w", "--wd", "--map-users", "--map-groups", "--propagation"], flag: &["-m", "-u", "-i", "-n", "-p", "-U", "-C", "-r", "-f", "-F", "--mount-proc", "--fork"], inner: &[Inner::Words(0), Inner::Stdin], ..PLAIN },
    Wrapper { names: &["flock"], value: &["-w", "--timeout", "-E", "--conflict-exit-code", "-c", "--command"], flag: &["-x", "-s", "-u", "-n", "-o", "-e"], inner: &[Inner::Option(&["-c", "--command"]), Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["xargs", "gxargs"], value: &["-I", "-L", "-n", "-P", "-d", "-E", "-s", "-a", "--max-args", "--max-procs", "--max-lines", "--delimiter", "--arg-file", "--max-chars"], flag: &["-0", "-r", "-t", "-p", "-x", "--null", "--no-run-if-empty"], optional: &["-i", "-l", "-e", "--replace"], inner: &[Inner::Arguments], ..PLAIN },
    Wrapper { names: &["parallel"], value: &["-j", "--jobs", "-P", "-I", "-d", "--delimiter", "-n", "-N", "-a", "--arg-file", "--joblog", "--retries", "--timeout", "-S", "--sshlogin", "--colsep", "-C", "--halt", "--delay", "--tmpdir", "--results"], flag: &["-k", "-0", "--null", "--dry-run", "-v", "--will-cite", "--bar", "--pipe"], inner: &[Inner::Parallel], ..PLAIN },
    Wrapper { names: &["find", "gfind", "fd", "fdfind"], inner: &[Inner::Until(&["-exec", "-execdir", "-ok", "-okdir", "-x", "-X", "--exec", "--exec-batch"])], ..PLAIN },
    Wrapper { names: &["watch"], value: &["-n", "--interval"], flag: &["-d", "-t", "-b", "-e", "-g", "-c", "-x"], inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["entr"], value: &[], flag: &["-r", "-c", "-d", "-s", "-n", "-p", "-z"], ..PLAIN },
    Wrapper { names: &["script"], value: &["-c", "--command", "-T", "-E", "-o", "-m", "-O", "-I", "-B"], flag: &["-q", "-f", "-a", "-e", "-r"], inner: &[Inner::Option(&["-c", "--command"]), Inner::Stdin], ..PLAIN },
    Wrapper { names: &["at", "batch"], value: &["-f", "-q", "-t"], flag: &["-m", "-M"], changes: Changes::Later, inner: &[Inner::Stdin], ..PLAIN },
    Wrapper { names: &["systemd-run"], value: &["-p", "--property", "-u", "--unit", "--slice", "-E", "--setenv", "--uid", "--gid", "--nice", "--working-directory", "--on-active", "--on-calendar", "-M", "--machine", "-H"], flag: &["-t", "-P", "-q", "-G", "-d", "--user", "--scope", "--wait"], changes: Changes::Later, ..PLAIN },
    Wrapper { names: &["ssh", "autossh", "mosh", "sshpass-ssh"], value: &["-o", "-i", "-p", "-l", "-F", "-J", "-L", "-R", "-D", "-W", "-b", "-c", "-E", "-e", "-I", "-m", "-O", "-Q", "-S", "-w", "-B", "-M"], flag: &["-t", "-T", "-A", "-a", "-X", "-Y", "-n", "-N", "-f", "-q", "-v", "-C", "-4", "-6", "-g", "-k", "-x"], changes: Changes::Host(0), inner: &[Inner::Prefixed(&["-o"], "ProxyCommand="), Inner::Prefixed(&["-o"], "LocalCommand="), Inner::Prefixed(&["-o"], "KnownHostsCommand="), Inner::Text(1), Inner::Stdin], ..PLAIN },
    Wrapper { names: &["sshpass"], value: &["-p", "-f", "-d", "-P"], flag: &["-e", "-v"], ..PLAIN },
    Wrapper { names: &["docker", "podman", "nerdctl"], verb: &["exec", "container exec"], value: DOCKER_RUN, flag: &["-i", "-t", "-d"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["docker", "podman", "nerdctl"], verb: &["run", "container run"], value: DOCKER_RUN, flag: &["-i", "-t", "-d", "--rm", "--privileged", "--init"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["docker", "podman", "docker-compose", "podman-compose"], verb: &["compose exec", "compose run", "exec", "run"], value: DOCKER_RUN, flag: &["-i", "-t", "-d", "-T", "--rm"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["kubectl", "oc", "k", "microk8s.kubectl"], verb: &["exec", "debug"], value: KUBECTL, flag: &["-i", "-t", "-q", "--stdin", "--tty"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["kubectl", "oc"], verb: &["run"], value: KUBECTL, flag: &["-i", "-t", "--rm", "--command"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["lxc", "incus"], verb: &["exec"], value: &["--cwd", "--env", "--user", "--group", "--mode"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["vagrant"], verb: &["ssh"], value: &["-c", "--command"], changes: Changes::Container(0), inner: &[Inner::Option(&["-c", "--command"])], ..PLAIN },
    Wrapper { names: &["gcloud"], verb: &["compute ssh"], value: &["--command", "--zone", "--project"], changes: Changes::Host(0), inner: &[Inner::Option(&["--command"])], ..PLAIN },
    Wrapper { names: &["heroku"], verb: &["run"], value: &["-a", "--app", "-s", "--size", "-e", "--env"], changes: Changes::Container(9), ..PLAIN },
    Wrapper { names: &["fly", "flyctl"], verb: &["ssh console"], value: &["-C", "--command", "-a", "--app"], changes: Changes::Container(9), inner: &[Inner::Option(&["-C", "--command"])], ..PLAIN },
    Wrapper { names: &["railway", "doppler", "infisical", "chamber", "aws-vault", "envchain", "teller"], verb: &["run", "exec"], value: &["-s", "--service", "-e", "--environment", "-p", "--project", "-c", "--config", "--env", "--path"], inner: &[Inner::Words(0)], ..PLAIN },
    Wrapper { names: &["npx", "bunx", "pnpx", "pipx-run", "uvx", "dlx"], value: &["-p", "--package", "-c", "--call", "--from", "--with"], flag: &["-y", "--yes", "--no-install", "-q"], inner: &[Inner::Option(&["-c", "--call"]), Inner::Words(0)], ..PLAIN },
    Wrapper { names: &["npm", "pnpm", "yarn", "bun", "pipx", "uv", "poetry", "pipenv", "hatch", "rye", "pdm", "bundle", "conda", "mamba", "nix", "devbox", "mise", "asdf", "rbenv", "pyenv", "direnv", "rustup", "opam", "cargo", "dotenvx", "volta"], verb: &["exec", "dlx", "run --", "x", "run -n"], value: &["-p", "--package", "-c", "--call", "--python", "--with", "-n"], inner: &[Inner::Option(&["-c", "--call"]), Inner::Words(0)], ..PLAIN },
    Wrapper { names: &["uv", "poetry", "pipenv", "hatch", "rye", "pdm", "conda", "mamba"], verb: &["run"], value: &["-p", "--python", "--with", "-n", "--name", "--extra", "--group", "--project", "--directory"], ..PLAIN },
    Wrapper { names: &["tmux"], verb: &["new-session", "new", "new-window", "neww", "split-window", "splitw", "respawn-pane", "respawn-window", "run-shell", "run", "if-shell", "popup", "display-popup"], value: &["-s", "-n", "-c", "-t", "-x", "-y", "-F", "-e", "-l", "-h", "-w"], flag: &["-d", "-A", "-P", "-v", "-b"], inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["tmux"], verb: &["send-keys", "send"], value: &["-t", "-N"], flag: &["-l", "-R", "-X"], inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["screen"], value: &["-S", "-X", "-p", "-c", "-t", "-h", "-s", "-T", "-e"], flag: &["-d", "-m", "-D", "-R", "-dm", "-dmS"], inner: &[Inner::Words(0)], ..PLAIN },
    Wrapper { names: &["git"], verb: &["submodule foreach"], flag: &["--recursive", "-q", "--quiet"], inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["git"], verb: &["bisect run"], ..PLAIN },
    Wrapper { names: &["git"], verb: &["rebase"], value: &["-x", "--exec", "--onto", "-s", "-X"], flag: &["-i", "--interactive"], inner: &[Inner::Option(&["-x", "--exec"])], ..PLAIN },
    Wrapper { names: &["git"], verb: &["filter-branch"], value: &["--tree-filter", "--index-filter", "--msg-filter", "--env-filter", "--commit-filter", "--parent-filter", "--tag-name-filter"], inner: &[Inner::Option(&[ "--tree-filter", "--index-filter", "--msg-filter", "--env-filter", "--commit-filter", "--parent-filter", ])], ..PLAIN },
    Wrapper { names: &["git"], verb: &["difftool", "mergetool"], value: &["-x", "--extcmd"], inner: &[Inner::Option(&["-x", "--extcmd"])], ..PLAIN },
    Wrapper { names: &["tar", "gtar", "bsdtar"], value: &["--checkpoint-action", "--to-command", "-I", "--use-compress-program", "--info-script", "--new-volume-script", "-F", "--rsh-command", "--rmt-command"], inner: &[Inner::Prefixed(&["--checkpoint-action"], "exec="), Inner::Option(&[ "--to-command", "-I", "--use-compress-program", "--info-script", "--new-volume-script", "-F", "--rsh-command", "--rmt-command", ])], ..PLAIN },
    Wrapper { names: &["rsync"], value: &["-e", "--rsh", "--rsync-path"], inner: &[Inner::Option(&["-e", "--rsh", "--rsync-path"])], ..PLAIN },
    Wrapper { names: &["scp", "sftp"], value: &["-S", "-o", "-P", "-i", "-F", "-J", "-c", "-l"], inner: &[Inner::Option(&["-S"]), Inner::Prefixed(&["-o"], "ProxyCommand="), Inner::Prefixed(&["-o"], "KnownHostsCommand=")], ..PLAIN },
    Wrapper { names: &["sort"], value: &["--compress-program", "-o", "-k", "-t", "-T", "-S"], inner: &[Inner::Option(&["--compress-program"])], ..PLAIN },
    Wrapper { names: &["rg", "ripgrep"], value: &["--pre"], inner: &[Inner::Option(&["--pre"])], ..PLAIN },
    Wrapper { names: &["man"], value: &["-P", "--pager", "-H", "--html"], inner: &[Inner::Option(&["-P", "--pager", "-H"])], ..PLAIN },
    Wrapper { names: &["split"], value: &["--filter"], inner: &[Inner::Option(&["--filter"])], ..PLAIN },
    Wrapper { names: &["zip"], value: &["-TT", "--unzip-command"], inner: &[Inner::Option(&["-TT", "--unzip-command"])], ..PLAIN },
    Wrapper { names: &["socat"], inner: &[], ..PLAIN },
    Wrapper { names: &["gdb", "lldb"], value: &["-ex", "-eval-command", "-iex", "-x", "-p", "-o", "-O"], inner: &[Inner::Prefixed(&["-ex", "-iex", "-eval-command", "-o"], "shell "), Inner::Prefixed(&["-ex", "-iex", "-eval-command", "-o"], "!")], ..PLAIN },
    Wrapper { names: &["expect"], value: &["-c"], inner: &[Inner::Prefixed(&["-c"], "spawn "), Inner::Prefixed(&["-c"], "exec ")], ..PLAIN },
    Wrapper { names: &["pidstat"], value: &["-e"], inner: &[Inner::Until(&["-e"])], ..PLAIN },
    Wrapper { names: &["cpulimit", "trickle", "logsave", "faketime", "capsh", "sem"], value: &["-l", "-e", "-p", "-d", "-u", "-c", "-j"], inner: &[Inner::Option(&["-c"]), Inner::Words(0)], ..PLAIN },
];
