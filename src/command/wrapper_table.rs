//! The table of wrappers: for each, its options, where its inner command stands and what changes on the way.
//! Sources: the tools' manual pages.

/// Where a wrapper's inner command stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inner {
    /// The operands from the n-th on are a command.
    Words(usize),
    /// The same, but the first of them names a package, as `vercel@latest` does.
    Package,
    /// It does with its operands what these words do.
    Like(&'static [&'static str]),
    /// The first operand, or this option, names an image: the others are arguments of the tool that it or `--entrypoint`
    /// starts, where that is known.
    Image(&'static str),
    /// The operands from the n-th on, joined, are shell text.
    Text(usize),
    /// The operands are the words of a shell (`-c TEXT`, a script).
    Shell,
    /// The values of these options are shell text.
    Option(&'static [&'static str]),
    /// Options whose value is a shell command after a prefix (`exec=rm …`).
    Prefixed(&'static [&'static str], &'static str),
    /// Options whose value holds shell texts under a key, in a cloud's shorthand or JSON.
    Parameter(&'static [&'static str], &'static str),
    /// Standard input is shell text where no other command is given.
    Stdin,
    /// The same, where the n-th operand is there: `ssh` without a host starts nothing.
    StdinAt(usize),
    /// Words between one of these and `;` or `+`.
    Until(&'static [&'static str]),
    /// The words behind `--`, or behind one of these where there is none.
    Dashed(&'static [&'static str]),
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
    /// Take two values (`bwrap --bind FROM TO`).
    pub pair: &'static [&'static str],
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
    pair: &[],
    optional: &[],
    assigns: false,
    changes: Changes::Nothing,
    inner: &[Inner::Words(0)],
};

#[rustfmt::skip]
const DOCKER_RUN: &[&str] = &["-v", "--volume", "-e", "--env", "--env-file", "--name", "-p", "--publish", "-w", "--workdir", "-u", "--user", "--network", "--net", "--entrypoint", "-m", "--memory", "--cpus", "-h", "--hostname", "-l", "--label", "--mount", "--platform", "--gpus", "--ulimit", "--restart", "--cap-add", "--cap-drop", "--device", "--dns", "--add-host", "--log-driver", "--log-opt", "--tmpfs", "--security-opt", "--shm-size", "--pull", "--ipc", "--pid", "--userns", "--volumes-from", "-a", "--attach", "--index", "-c", "--container", "-n", "--namespace", "--context", "-f", "--file", "--project-name"];

#[rustfmt::skip]
const KUBECTL: &[&str] = &["-n", "--namespace", "--context", "--kubeconfig", "-c", "--container", "--cluster", "--user", "-s", "--server", "--token", "--as"];

#[rustfmt::skip]
const KUBECTL_RUN: &[&str] = &["-n", "--namespace", "--context", "--kubeconfig", "--cluster", "--user", "-s", "--server", "--token", "--as", "--image", "--env", "-l", "--labels", "--overrides", "--port", "--restart", "--annotations", "--image-pull-policy", "--pod-running-timeout", "-o", "--output"];

#[rustfmt::skip]
const RESTIC: &[&str] = &["-r", "--repo", "--repository-file", "-p", "--password-file", "--password-command", "-o", "--option", "--cache-dir", "--cacert", "--key-hint", "--tls-client-cert", "--stdin-filename", "--tag", "--host", "-H"];

const BORG: &[&str] = &["-r", "--repo", "--lock-wait", "--remote-path", "--rsh", "--umask", "--debug-topic"];

#[rustfmt::skip]
const AWS: &[&str] = &["--profile", "--region", "--output", "--query", "--endpoint-url", "--parameters", "--instance-ids", "--targets", "--document-name", "--document-version", "--comment", "--timeout-seconds", "--output-s3-bucket-name", "--cluster", "--task", "--container", "--command", "--target", "--max-concurrency", "--max-errors", "--reason", "--cli-input-json"];

/// One row a wrapper (or family with the same command line).
#[rustfmt::skip]
pub const WRAPPERS: &[Wrapper] = &[
    Wrapper { names: &["sudo", "sudo-rs"], value: &["-u", "--user", "-g", "--group", "-h", "--host", "-p", "--prompt", "-C", "--close-from", "-D", "--chdir", "-r", "--role", "-t", "--type", "-T", "-U", "-R", "--chroot"], flag: &["-E", "-H", "-n", "-S", "-b", "-k", "-K", "-i", "-s", "-A", "-P", "-B"], assigns: true, changes: Changes::User("-u"), inner: &[Inner::Words(0), Inner::Stdin], ..PLAIN },
    Wrapper { names: &["doas"], value: &["-u", "-C"], flag: &["-n", "-s", "-L"], changes: Changes::User("-u"), ..PLAIN },
    Wrapper { names: &["pkexec"], value: &["--user"], changes: Changes::User("--user"), ..PLAIN },
    Wrapper { names: &["run0"], value: &["-u", "--user", "-g", "--group", "--nice", "-D", "--chdir", "--setenv", "--unit", "--slice"], changes: Changes::User("-u"), ..PLAIN },
    Wrapper { names: &["fakeroot", "fakechroot", "proot"], value: &["-l", "-s", "-i", "-b", "-r", "-w"], ..PLAIN },
    Wrapper { names: &["su"], value: &["-c", "--command", "-s", "--shell", "-g", "--group", "-G", "-w", "--session-command"], flag: &["-", "-l", "-m", "-p", "-P"], changes: Changes::User("user"), inner: &[Inner::Option(&["-c", "--command", "--session-command"]), Inner::Stdin], ..PLAIN },
    Wrapper { names: &["runuser"], value: &["-c", "--command", "-u", "--user", "-g", "-G", "-s"], changes: Changes::User("-u"), inner: &[Inner::Option(&["-c", "--command"]), Inner::Words(0)], ..PLAIN },
    Wrapper { names: &["env"], value: &["-P", "-u", "--unset", "-C", "--chdir", "-S", "--split-string"], flag: &["-i", "-0", "-v", "--ignore-environment", "--null", "--debug"], assigns: true, inner: &[Inner::Option(&["-S", "--split-string"]), Inner::Words(0)], ..PLAIN },
    Wrapper { names: &["nohup", "eatmydata", "unbuffer", "catchsegv", "chronic", "busybox", "toybox", "torsocks", "torify", "dbus-run-session", "cronic", "rtk", "nocache", "run-one", "run-this-one", "keep-one-running", "ccache", "sccache", "distcc", "gdbserver"], flag: &["-i", "-q", "-d"], ..PLAIN },
    Wrapper { names: &["caffeinate"], value: &["-t", "-w"], flag: &["-d", "-i", "-m", "-s", "-u"], ..PLAIN },
    Wrapper { names: &["setsid"], flag: &["-c", "-f", "-w", "--ctty", "--fork", "--wait"], ..PLAIN },
    Wrapper { names: &["nice"], value: &["-n", "--adjustment"], ..PLAIN },
    Wrapper { names: &["ionice"], value: &["-c", "--class", "-n", "--classdata", "-p", "--pid"], flag: &["-t"], ..PLAIN },
    Wrapper { names: &["stdbuf"], value: &["-i", "-o", "-e", "--input", "--output", "--error"], ..PLAIN },
    Wrapper { names: &["taskset"], flag: &["-a", "-c"], inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["chrt"], value: &["-T", "-P", "-D"], flag: &["-b", "-f", "-i", "-o", "-r", "-R"], inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["setarch"], flag: &["-R", "-v"], ..PLAIN },
    Wrapper { names: &["linux64", "linux32", "i386", "i686", "x86_64", "amd64", "aarch64", "arm64", "uname26"], flag: &["-R", "-v"], ..PLAIN },
    Wrapper { names: &["systemd-inhibit"], value: &["--what", "--who", "--why", "--mode"], ..PLAIN },
    Wrapper { names: &["prlimit", "choom"], value: &["-n", "-p"], ..PLAIN },
    Wrapper { names: &["numactl"], value: &["-i", "-N", "-m", "-C", "-l"], ..PLAIN },
    Wrapper { names: &["firejail"], flag: &["--quiet", "--private", "--net=none"], ..PLAIN },
    Wrapper { names: &["bwrap"], value: &["--args", "--argv0", "--userns", "--userns2", "--pidns", "--uid", "--gid", "--hostname", "--chdir", "--unsetenv", "--lock-file", "--sync-fd", "--remount-ro", "--exec-label", "--file-label", "--proc", "--dev", "--tmpfs", "--mqueue", "--dir", "--seccomp", "--add-seccomp-fd", "--block-fd", "--userns-block-fd", "--info-fd", "--json-status-fd", "--cap-add", "--cap-drop", "--perms", "--size", "--overlay-src", "--tmp-overlay", "--ro-overlay"], pair: &["--setenv", "--bind", "--bind-try", "--dev-bind", "--dev-bind-try", "--ro-bind", "--ro-bind-try", "--bind-fd", "--ro-bind-fd", "--file", "--bind-data", "--ro-bind-data", "--symlink", "--chmod"], flag: &["--unshare-all", "--share-net", "--die-with-parent", "--new-session", "--clearenv", "--as-pid-1", "--unshare-user", "--unshare-net", "--unshare-pid", "--unshare-ipc"], ..PLAIN },
    Wrapper { names: &["proxychains", "proxychains4", "xvfb-run"], value: &["-f", "-s", "-n", "-e"], flag: &["-q", "-a"], ..PLAIN },
    Wrapper { names: &["strace", "ltrace"], value: &["-o", "-e", "-p", "-s", "-S", "-u", "-E", "-a", "-I", "-O", "-P", "-n"], flag: &["-f", "-c", "-C", "-t", "-T", "-q", "-v", "-x", "-y", "-i", "-r"], ..PLAIN },
    Wrapper { names: &["valgrind", "rlwrap", "softlimit", "chpst", "cgexec", "schedtool", "multitime", "setpriv", "aa-exec"], value: &["-u", "-g", "-p", "-m", "-o", "--reuid", "--regid", "--profile", "-n"], ..PLAIN },
    Wrapper { names: &["perf"], verb: &["stat", "record", "trace"], value: &["-e", "-o", "-F", "-p", "-r"], flag: &["-a", "-g", "-d"], ..PLAIN },
    Wrapper { names: &["hyperfine"], value: &["-w", "-r", "-m", "-M", "-p", "-c", "-s", "-n", "--warmup", "--runs", "--prepare", "--cleanup", "--setup", "--export-json", "--shell"], inner: &[Inner::Option(&["-p", "-c", "-s", "--prepare", "--cleanup", "--setup"]), Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["start-stop-daemon", "daemonize"], value: &["-x", "--exec", "--startas", "-a", "-p", "--pidfile", "-u", "--user", "-c", "--chuid", "-d", "-n"], inner: &[Inner::Option(&["-x", "--exec", "--startas", "-a"]), Inner::Words(0)], ..PLAIN },
    Wrapper { names: &["ld.so", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1", "ld-linux.so.2", "ld-musl-x86_64.so.1"], value: &["--library-path", "--preload", "--audit", "--argv0", "--inhibit-rpath"], flag: &["--list", "--verify"], ..PLAIN },
    Wrapper { names: &["dotenv"], value: &["-f", "--file", "-e", "-c", "-p", "-v"], flag: &["-o", "--override", "-q"], inner: &[Inner::Words(0)], ..PLAIN },
    Wrapper { names: &["timeout", "gtimeout"], value: &["-k", "--kill-after", "-s", "--signal"], flag: &["--preserve-status", "--foreground", "-v"], inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["time"], value: &["-f", "--format", "-o", "--output"], flag: &["-p", "-a", "-v"], ..PLAIN },
    Wrapper { names: &["chroot"], value: &["--groups", "--userspec"], changes: Changes::Container(0), inner: &[Inner::Words(1), Inner::Stdin], ..PLAIN },
    Wrapper { names: &["unshare", "nsenter"], value: &["-t", "--target", "-S", "--setuid", "-G", "--setgid", "-R", "--root", "-w", "--wd", "--map-users", "--map-groups", "--propagation"], flag: &["-m", "-u", "-i", "-n", "-p", "-U", "-C", "-r", "-f", "-F", "--mount-proc", "--fork"], inner: &[Inner::Words(0), Inner::Stdin], ..PLAIN },
    Wrapper { names: &["flock"], value: &["-w", "--timeout", "-E", "--conflict-exit-code", "-c", "--command"], flag: &["-x", "-s", "-u", "-n", "-o", "-e"], inner: &[Inner::Option(&["-c", "--command"]), Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["xargs", "gxargs"], value: &["-I", "-L", "-n", "-P", "-d", "-E", "-s", "-a", "--max-args", "--max-procs", "--max-lines", "--delimiter", "--arg-file", "--max-chars"], flag: &["-0", "-r", "-t", "-p", "-x", "--null", "--no-run-if-empty"], optional: &["-i", "-l", "-e", "--replace"], inner: &[Inner::Arguments], ..PLAIN },
    Wrapper { names: &["parallel"], value: &["-j", "--jobs", "-P", "-I", "-d", "--delimiter", "-n", "-N", "-a", "--arg-file", "--joblog", "--retries", "--timeout", "-S", "--sshlogin", "--colsep", "-C", "--halt", "--delay", "--tmpdir", "--results"], flag: &["-k", "-0", "--null", "--dry-run", "-v", "--will-cite", "--bar", "--pipe"], inner: &[Inner::Parallel], ..PLAIN },
    Wrapper { names: &["find", "gfind", "bfs", "fd", "fdfind"], inner: &[Inner::Until(&["-exec", "-execdir", "-ok", "-okdir", "-x", "-X", "--exec", "--exec-batch"])], ..PLAIN },
    Wrapper { names: &["cmd.exe", "cmd"], inner: &[Inner::Text(1)], ..PLAIN },
    Wrapper { names: &["watch"], value: &["-n", "--interval"], flag: &["-d", "-t", "-b", "-e", "-g", "-c", "-x"], inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["entr"], value: &[], flag: &["-r", "-c", "-d", "-s", "-n", "-p", "-z"], ..PLAIN },
    Wrapper { names: &["script"], value: &["-c", "--command", "-T", "-E", "-o", "-m", "-O", "-I", "-B"], flag: &["-q", "-f", "-a", "-e", "-r"], inner: &[Inner::Option(&["-c", "--command"]), Inner::Stdin], ..PLAIN },
    Wrapper { names: &["at", "batch"], value: &["-f", "-q", "-t"], flag: &["-m", "-M"], changes: Changes::Later, inner: &[Inner::Stdin], ..PLAIN },
    Wrapper { names: &["systemd-run"], value: &["-p", "--property", "-u", "--unit", "--slice", "-E", "--setenv", "--uid", "--gid", "--nice", "--working-directory", "--on-active", "--on-calendar", "-M", "--machine", "-H"], flag: &["-t", "-P", "-q", "-G", "-d", "--user", "--scope", "--wait"], changes: Changes::Later, ..PLAIN },
    Wrapper { names: &["podman", "buildah"], verb: &["unshare"], flag: &["--rootless-netns"], value: &["-m", "--mount"], ..PLAIN },
    Wrapper { names: &["systemd-cat"], value: &["-t", "--identifier", "-p", "--priority", "--stderr-priority", "--level-prefix"], ..PLAIN },
    Wrapper { names: &["ssh-agent"], value: &["-a", "-t", "-E", "-O", "-P"], flag: &["-c", "-s", "-d", "-D"], ..PLAIN },
    Wrapper { names: &["please"], value: &["-t", "--target", "-u", "--user", "-g", "--group", "-d", "--dir", "-r", "--reason"], flag: &["-n", "-p", "-y"], changes: Changes::User("-t"), ..PLAIN },
    Wrapper { names: &["ifne"], flag: &["-n"], ..PLAIN },
    Wrapper { names: &["pee"], flag: &["--ignore-sigpipe", "--no-ignore-sigpipe", "--ignore-write-errors"], inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["xterm", "urxvt", "rxvt", "st", "konsole", "gnome-terminal", "xfce4-terminal", "terminator", "alacritty", "kitty", "foot", "wezterm"], inner: &[Inner::Until(&["-e", "-x", "--"])], ..PLAIN },
    Wrapper { names: &["gdb", "cgdb"], inner: &[Inner::Until(&["--args", "-args"])], ..PLAIN },
    Wrapper { names: &["lldb"], inner: &[Inner::Until(&["--"])], ..PLAIN },
    Wrapper { names: &["mpirun", "mpiexec", "orterun", "prterun"], value: &["-n", "-np", "-c", "-N", "-H", "-host", "--host", "-hostfile", "--hostfile", "-machinefile", "--machinefile", "-x", "-wdir", "--wdir", "--map-by", "--bind-to"], pair: &["--mca", "-mca"], flag: &["--oversubscribe", "--allow-run-as-root", "-q"], ..PLAIN },
    Wrapper { names: &["srun"], value: &["-n", "-N", "-p", "-t", "-c", "-A", "-J", "-o", "-e", "-w", "-x", "-D", "-q", "-C", "-G", "--mem", "--gres", "--time", "--partition"], flag: &["-l", "-u", "-v", "--pty", "--exclusive", "--overlap"], changes: Changes::Host(9), ..PLAIN },
    Wrapper { names: &["sbatch"], value: &["--wrap", "-n", "-N", "-p", "-t", "-c", "-A", "-J", "-o", "-e", "-w", "-D"], changes: Changes::Host(9), inner: &[Inner::Option(&["--wrap"])], ..PLAIN },
    Wrapper { names: &["pueue"], verb: &["add"], value: &["-g", "--group", "-d", "--delay", "-a", "--after", "-l", "--label", "-w", "--working-directory", "-o", "--priority"], flag: &["-i", "--immediate", "-s", "--stashed", "-p", "--print-task-id", "-e", "--escape"], changes: Changes::Later, inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["ssh", "autossh", "mosh", "sshpass-ssh"], value: &["-o", "-i", "-p", "-l", "-F", "-J", "-L", "-R", "-D", "-W", "-b", "-c", "-E", "-e", "-I", "-m", "-O", "-Q", "-S", "-w", "-B", "-M"], flag: &["-t", "-T", "-A", "-a", "-X", "-Y", "-n", "-N", "-f", "-q", "-v", "-C", "-4", "-6", "-g", "-k", "-x"], changes: Changes::Host(0), inner: &[Inner::Prefixed(&["-o"], "ProxyCommand="), Inner::Prefixed(&["-o"], "LocalCommand="), Inner::Prefixed(&["-o"], "KnownHostsCommand="), Inner::Text(1), Inner::StdinAt(0)], ..PLAIN },
    Wrapper { names: &["sshpass"], value: &["-p", "-f", "-d", "-P"], flag: &["-e", "-v"], ..PLAIN },
    Wrapper { names: &["docker", "podman", "nerdctl"], verb: &["exec", "container exec"], value: DOCKER_RUN, flag: &["-i", "-t", "-d"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["docker", "podman", "nerdctl"], verb: &["run", "container run"], value: DOCKER_RUN, flag: &["-i", "-t", "-d", "--rm", "--privileged", "--init"], changes: Changes::Container(0), inner: &[Inner::Image(""), Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["docker", "podman", "docker-compose", "podman-compose"], verb: &["compose exec", "compose run", "exec", "run"], value: DOCKER_RUN, flag: &["-i", "-t", "-d", "-T", "--rm"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["kubectl", "oc", "k", "microk8s.kubectl"], verb: &["exec", "debug"], value: KUBECTL, flag: &["-i", "-t", "-q", "--stdin", "--tty"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["kubectl", "oc"], verb: &["run"], value: KUBECTL_RUN, flag: &["-i", "-t", "--rm", "--command"], changes: Changes::Container(0), inner: &[Inner::Image("--image"), Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["lxc", "incus"], verb: &["exec"], value: &["--cwd", "--env", "--user", "--group", "--mode"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["vagrant"], verb: &["ssh"], value: &["-c", "--command"], changes: Changes::Container(0), inner: &[Inner::Option(&["-c", "--command"])], ..PLAIN },
    Wrapper { names: &["aws", "aws2"], verb: &["ssm send-command"], value: AWS, changes: Changes::Host(9), inner: &[Inner::Parameter(&["--parameters"], "commands")], ..PLAIN },
    Wrapper { names: &["aws", "aws2"], verb: &["ecs execute-command"], value: AWS, flag: &["--interactive", "--non-interactive"], changes: Changes::Container(9), inner: &[Inner::Option(&["--command"])], ..PLAIN },
    Wrapper { names: &["aws", "aws2"], verb: &["ssm start-session"], value: AWS, changes: Changes::Host(9), inner: &[Inner::Parameter(&["--parameters"], "command")], ..PLAIN },
    Wrapper { names: &["az"], verb: &["vm run-command invoke", "vmss run-command invoke", "vm run-command create"], value: &["-g", "--resource-group", "-n", "--name", "--command-id", "--scripts", "--script", "--parameters", "-o", "--output", "--query", "--subscription", "--ids", "--instance-id", "--vm-name", "--run-command-name"], changes: Changes::Host(9), inner: &[Inner::Option(&["--scripts", "--script"])], ..PLAIN },
    Wrapper { names: &["az"], verb: &["container exec", "containerapp exec"], value: &["-g", "--resource-group", "-n", "--name", "--exec-command", "--command", "--container-name", "--container", "--replica", "--revision", "--subscription"], changes: Changes::Container(9), inner: &[Inner::Option(&["--exec-command", "--command"])], ..PLAIN },
    Wrapper { names: &["az"], verb: &["aks command invoke"], value: &["-g", "--resource-group", "-n", "--name", "-c", "--command", "-f", "--file", "--subscription"], changes: Changes::Container(9), inner: &[Inner::Option(&["-c", "--command"])], ..PLAIN },
    Wrapper { names: &["az"], verb: &["ssh vm", "ssh arc"], changes: Changes::Host(9), inner: &[Inner::Until(&["--"])], ..PLAIN },
    Wrapper { names: &["consul"], verb: &["exec"], value: &["-node", "-service", "-tag", "-datacenter", "-wait", "-http-addr", "-token", "-prefix"], flag: &["-shell", "-verbose"], changes: Changes::Host(9), inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["kubectl", "oc"], verb: &["node-shell"], changes: Changes::Host(0), inner: &[Inner::Until(&["--"])], ..PLAIN },
    Wrapper { names: &["pct"], verb: &["exec"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["qm"], verb: &["guest exec"], value: &["--timeout", "--pass-stdin", "--synchronous"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["heroku"], verb: &["ps:exec"], value: &["-a", "--app", "-d", "--dyno", "-r", "--remote"], changes: Changes::Container(9), inner: &[Inner::Until(&["--"])], ..PLAIN },
    Wrapper { names: &["fab"], changes: Changes::Host(9), inner: &[Inner::Until(&["--"])], ..PLAIN },
    Wrapper { names: &["pyinfra"], changes: Changes::Host(9), inner: &[Inner::Dashed(&["exec"])], ..PLAIN },
    Wrapper { names: &["doctl"], verb: &["compute ssh", "compute s"], value: &["--ssh-command", "--ssh-user", "--ssh-key-path", "--ssh-port", "--context", "-t", "--access-token"], changes: Changes::Host(0), inner: &[Inner::Option(&["--ssh-command"])], ..PLAIN },
    Wrapper { names: &["hcloud"], verb: &["server ssh"], value: &["-p", "--port", "-u", "--user", "--context"], flag: &["--ipv6"], changes: Changes::Host(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["fly", "flyctl"], verb: &["machine exec", "machines exec", "m exec"], value: &["-a", "--app", "-c", "--config", "--timeout"], changes: Changes::Container(0), inner: &[Inner::Text(1)], ..PLAIN },
    Wrapper { names: &["fly", "flyctl"], verb: &["console"], value: &["-C", "--command", "-a", "--app", "--machine", "-u", "--user", "--image", "-r", "--region"], changes: Changes::Container(9), inner: &[Inner::Option(&["-C", "--command"])], ..PLAIN },
    Wrapper { names: &["railway"], verb: &["ssh"], value: &["-s", "--service", "-e", "--environment", "-p", "--project", "-d", "--deployment-instance", "--session"], changes: Changes::Container(9), inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["koyeb"], verb: &["instances exec", "services exec", "instance exec", "service exec"], value: &["-a", "--app", "--token", "--config", "--url"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["scalingo"], verb: &["run"], value: &["-a", "--app", "-r", "--remote", "-s", "--size", "-t", "--type", "-e", "--env", "-f", "--file"], flag: &["-d", "--detached", "--silent"], changes: Changes::Container(9), inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["gcloud"], verb: &["compute ssh", "beta compute ssh", "alpha compute ssh", "compute tpus tpu-vm ssh", "alpha compute tpus tpu-vm ssh", "cloud-shell ssh"], value: &["--command", "--zone", "--project"], changes: Changes::Host(0), inner: &[Inner::Option(&["--command"]), Inner::Until(&["--"])], ..PLAIN },
    Wrapper { names: &["heroku"], verb: &["run", "run:detached"], value: &["-a", "--app", "-s", "--size", "-e", "--env", "-r", "--remote", "--type"], flag: &["-x", "--exit-code", "--no-tty", "--no-launcher"], changes: Changes::Container(9), inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["fly", "flyctl"], verb: &["ssh console"], value: &["-C", "--command", "-a", "--app"], changes: Changes::Container(9), inner: &[Inner::Option(&["-C", "--command"])], ..PLAIN },
    Wrapper { names: &["railway", "infisical", "envchain", "teller", "foreman", "honcho", "dotenv", "dotenvx", "varlock"], verb: &["run"], value: &["-s", "--service", "-e", "--environment", "-p", "--project", "-c", "--config", "--env", "--path", "-f", "--env-file", "-d", "--dir"], flag: &["-o", "--overload", "--override", "-q", "--quiet"], inner: &[Inner::Words(0)], ..PLAIN },
    Wrapper { names: &["doppler"], verb: &["run"], value: &["-p", "--project", "-c", "--config", "-t", "--token", "--command", "--mount", "--mount-format", "--name-transformer", "--scope", "--fallback", "--passphrase"], flag: &["--preserve-env", "--silent", "--no-fallback", "--fallback-only"], inner: &[Inner::Option(&["--command"]), Inner::Words(0)], ..PLAIN },
    Wrapper { names: &["op"], verb: &["run"], value: &["--env-file", "--account", "--session", "--config", "--environment"], flag: &["--no-masking", "--debug", "--cache"], inner: &[Inner::Words(0)], ..PLAIN },
    Wrapper { names: &["saml2aws"], verb: &["exec"], value: &["-a", "--idp-account", "-p", "--profile", "--exec-profile", "--role", "--username", "--url"], inner: &[Inner::Until(&["--"]), Inner::Words(0)], ..PLAIN },
    Wrapper { names: &["aws-okta"], verb: &["exec"], value: &["-b", "--backend", "-a", "--assume-role-ttl", "-t", "--session-ttl", "-r", "--assume-role-arn"], inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["vaulted"], value: &["-n", "--name"], flag: &["-i", "--interactive", "--no-session"], ..PLAIN },
    Wrapper { names: &["summon"], value: &["-f", "-p", "--provider", "-D", "-e", "--environment", "--yaml"], flag: &["--up", "-i", "--ignore-all"], ..PLAIN },
    Wrapper { names: &["terramate"], verb: &["run"], value: &["-C", "--chdir", "--tags", "--no-tags", "-B", "--git-change-base", "--parallel", "-j"], flag: &["--changed", "-X", "--reverse", "--continue-on-error"], inner: &[Inner::Until(&["--"]), Inner::Words(0)], ..PLAIN },
    Wrapper { names: &["chamber", "aws-vault", "okta-awscli", "granted", "assume"], verb: &["exec"], value: &["-d", "--duration", "--region", "-t", "--mfa-token", "--backend", "--profile", "-a", "--idp-account"], flag: &["-n", "--no-session", "-s", "--server", "-j", "--json", "--ecs-server", "--debug", "--pristine", "--strict"], inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["envdir"], inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["sops"], verb: &["exec-env", "exec-file"], value: &["--user", "--input-type", "--output-type", "--filename", "--config"], flag: &["--background", "--no-fifo", "--pristine", "--same-process"], inner: &[Inner::Text(1)], ..PLAIN },
    Wrapper { names: &["direnv"], verb: &["exec"], inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["nix-shell"], value: &["--run", "--command", "-p", "--packages", "-A", "--attr", "-I", "--arg", "--argstr", "-i", "--keep", "-E", "--expr"], flag: &["--pure", "--impure"], inner: &[Inner::Option(&["--run", "--command"])], ..PLAIN },
    Wrapper { names: &["nix"], verb: &["develop", "shell"], value: &["-f", "--file", "--expr", "-I", "--keep", "-k", "--unset", "-u", "--profile", "--phase", "--override-input"], flag: &["-i", "--ignore-environment", "--impure", "--pure"], inner: &[Inner::Until(&["-c", "--command"])], ..PLAIN },
    Wrapper { names: &["guix"], verb: &["shell", "environment"], inner: &[Inner::Until(&["--"])], ..PLAIN },
    Wrapper { names: &["devenv"], verb: &["shell", "shell --"], ..PLAIN },
    Wrapper { names: &["pixi"], verb: &["run", "exec"], value: &["-e", "--environment", "-s", "--spec", "-c", "--channel", "-p", "--platform", "--manifest-path", "-w", "--with"], flag: &["-q", "--locked", "--frozen", "--clean-env"], ..PLAIN },
    Wrapper { names: &["multipass"], verb: &["exec"], value: &["-d", "--working-directory"], flag: &["-n", "-v", "--no-map-working-directory"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["limactl"], verb: &["shell"], value: &["--shell", "--workdir", "--log-level"], flag: &["--preserve-env", "--tty", "-y"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["lima"], changes: Changes::Container(9), ..PLAIN },
    Wrapper { names: &["wsl", "wsl.exe"], value: &["-d", "--distribution", "-u", "--user", "--cd", "--shell-type", "--distribution-id"], flag: &["-e", "--exec", "--system"], changes: Changes::Container(9), ..PLAIN },
    Wrapper { names: &["crictl"], verb: &["exec"], value: &["-r", "--transport", "--timeout", "-l"], flag: &["-i", "-t", "-s", "--sync", "--interactive", "--tty"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["buildah"], verb: &["run"], value: &["-v", "--volume", "-e", "--env", "--user", "--workingdir", "--mount", "--network", "--isolation"], flag: &["-t", "--tty"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["oc"], verb: &["rsh"], value: KUBECTL, flag: &["-t", "-T"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["toolbox"], verb: &["run"], value: &["-c", "--container", "-d", "--distro", "-r", "--release"], changes: Changes::Container(9), ..PLAIN },
    Wrapper { names: &["distrobox", "distrobox-enter"], verb: &["enter"], value: &["-n", "--name", "-a", "--additional-flags"], changes: Changes::Nothing, inner: &[Inner::Until(&["--", "-e", "--exec"])], ..PLAIN },
    Wrapper { names: &["flatpak-spawn"], value: &["--env", "--directory", "--unset-env"], flag: &["--host", "--sandbox", "--clear-env", "--watch-bus", "--no-network"], ..PLAIN },
    Wrapper { names: &["machinectl"], verb: &["shell"], value: &["--uid", "-E", "--setenv", "-M", "-H"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["systemd-nspawn"], value: &["-D", "--directory", "-i", "--image", "-u", "--user", "-M", "--machine", "--bind", "--bind-ro", "-E", "--setenv", "--chdir", "--network-zone", "-p", "--port"], flag: &["-q", "-b", "-n", "-U", "--ephemeral", "-x", "--as-pid2", "-a"], changes: Changes::Container(9), ..PLAIN },
    Wrapper { names: &["schroot"], value: &["-c", "--chroot", "-u", "--user", "-d", "--directory", "-s", "--shell"], flag: &["-p", "-q", "--preserve-environment"], changes: Changes::Container(9), ..PLAIN },
    Wrapper { names: &["arch-chroot"], value: &["-u"], flag: &["-N", "-r"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["gosu", "su-exec", "setuidgid", "s6-setuidgid"], changes: Changes::User(""), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["sg"], flag: &["-"], inner: &[Inner::Text(1)], ..PLAIN },
    Wrapper { names: &["with-contenv", "dumb-init", "tini", "catatonit", "steam-run", "tsp", "grc", "vglrun", "optirun", "primusrun", "gamemoderun", "mangohud", "dbus-launch"], value: &["-p", "-e"], flag: &["-c", "-v", "-g", "-s", "-n", "-f"], ..PLAIN },
    Wrapper { names: &["dtach", "abduco"], value: &["-r", "-e"], flag: &["-z", "-E", "-q"], inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["zellij"], verb: &["run", "action new-pane"], value: &["-n", "--name", "-d", "--direction", "--cwd", "--height", "--width", "-x", "-y"], flag: &["-f", "--floating", "-c", "--close-on-exit", "-i", "--in-place", "-s"], ..PLAIN },
    Wrapper { names: &["nodemon"], value: &["-x", "--exec", "-w", "--watch", "-e", "--ext", "-i", "--ignore", "--delay", "--config"], inner: &[Inner::Option(&["-x", "--exec"])], ..PLAIN },
    Wrapper { names: &["watchexec"], value: &["-e", "--exts", "-w", "--watch", "-i", "--ignore", "-f", "--filter", "-d", "--debounce", "-s", "--signal", "--shell", "-E", "--env", "-o", "--on-busy-update"], flag: &["-r", "--restart", "-c", "--clear", "-n", "-p", "--postpone", "-1"], inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["cargo"], verb: &["watch"], value: &["-s", "--shell", "-x", "--exec", "-w", "--watch", "-i", "--ignore", "-C", "--workdir", "-d", "--delay"], flag: &["-c", "-q", "--why"], inner: &[Inner::Option(&["-s", "--shell"])], ..PLAIN },
    Wrapper { names: &["concurrently"], value: &["-n", "--names", "-c", "--prefix-colors", "-p", "--prefix", "-m", "--max-processes", "-s", "--success"], flag: &["-k", "--kill-others", "-r", "--raw", "-g"], inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["cross-env", "cross-env-shell"], assigns: true, ..PLAIN },
    Wrapper { names: &["env-cmd"], value: &["-f", "--file", "-e", "--environments", "-r", "--rc-file"], flag: &["--verbose", "--silent", "--use-shell", "--no-override", "--fallback"], ..PLAIN },
    Wrapper { names: &["ddev", "lando"], verb: &["exec", "ssh"], value: &["-s", "--service", "-d", "--dir", "-c", "--command", "-u", "--user"], changes: Changes::Container(9), inner: &[Inner::Option(&["-c", "--command"]), Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["dokku"], verb: &["run", "enter"], value: &["-e", "--env"], flag: &["--no-tty", "--force-tty"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["cf", "eb"], verb: &["ssh"], value: &["-c", "--command", "-i", "-p", "-e"], changes: Changes::Host(0), inner: &[Inner::Option(&["-c", "--command"])], ..PLAIN },
    Wrapper { names: &["ansible"], value: &["-a", "--args", "-m", "--module-name", "-i", "--inventory", "-u", "--user", "-l", "--limit", "-f", "--forks", "-e", "--extra-vars", "--become-user"], flag: &["-b", "--become", "-K", "-k", "-v", "-C", "--check", "-o"], changes: Changes::Host(0), inner: &[Inner::Option(&["-a", "--args"])], ..PLAIN },
    Wrapper { names: &["salt", "salt-ssh"], value: &["-c", "--config-dir", "-t", "--timeout", "-b", "--batch-size", "-u", "--username", "--out", "--output", "-l", "--log-level", "-a", "--auth", "--roster", "--user", "--priv"], flag: &["-L", "-E", "-G", "-P", "-N", "-R", "-C", "-I", "-S", "-v", "-s", "--static", "--async", "-i", "-r", "--raw"], changes: Changes::Host(0), inner: &[Inner::Text(2)], ..PLAIN },
    Wrapper { names: &["salt-call"], value: &["-c", "--config-dir", "-l", "--log-level", "--out", "--output", "-m", "--id", "--file-root", "--pillar-root"], flag: &["--local", "-d", "-g"], inner: &[Inner::Text(1)], ..PLAIN },
    Wrapper { names: &["pdsh", "clush"], value: &["-w", "-x", "-g", "-X", "-l", "-t", "-u", "-f", "-o", "-R"], flag: &["-a", "-b", "-B", "-q", "-v", "-S", "-L"], changes: Changes::Host(9), inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["knife"], verb: &["ssh"], value: &["-x", "--ssh-user", "-i", "-c", "--config", "-a", "--attribute", "-C", "--concurrency", "-P", "-p"], flag: &["-m"], changes: Changes::Host(0), inner: &[Inner::Text(1)], ..PLAIN },
    Wrapper { names: &["bolt"], verb: &["command run"], value: &["-t", "--targets", "-u", "--user", "--run-as", "-p", "--transport", "-i", "--inventoryfile", "-q", "--query"], changes: Changes::Host(9), inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["juju"], verb: &["ssh"], value: &["-m", "--model", "--container"], flag: &["--proxy", "--pty"], changes: Changes::Host(0), inner: &[Inner::Text(1)], ..PLAIN },
    Wrapper { names: &["juju"], verb: &["exec", "run"], value: &["-m", "--model", "-u", "--unit", "-a", "--application", "--machine", "--timeout", "--wait"], flag: &["--all"], changes: Changes::Host(9), inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["tsh", "tailscale", "coder"], verb: &["ssh"], value: &["-l", "--login", "--proxy", "--cluster", "-p", "--port"], changes: Changes::Host(0), inner: &[Inner::Text(1)], ..PLAIN },
    Wrapper { names: &["gh"], verb: &["codespace ssh", "cs ssh"], value: &["-c", "--codespace", "-R", "--repo", "--profile", "--server-port"], changes: Changes::Host(9), inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["colima", "minikube"], verb: &["ssh"], value: &["-p", "--profile", "-n", "--node"], changes: Changes::Container(9), inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["k3s", "microk8s", "k0s"], ..PLAIN },
    Wrapper { names: &["apptainer", "singularity"], verb: &["exec"], value: &["-B", "--bind", "--pwd", "--cwd", "-H", "--home", "--env", "--env-file", "--overlay", "-W", "--workdir", "-S", "--scratch"], flag: &["-c", "--contain", "-C", "--containall", "-e", "--cleanenv", "-w", "--writable", "--nv", "--rocm", "-f", "--fakeroot"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["devcontainer"], verb: &["exec"], value: &["--workspace-folder", "--container-id", "--id-label", "--config", "--docker-path", "--remote-env"], changes: Changes::Container(9), ..PLAIN },
    Wrapper { names: &["okteto"], verb: &["exec"], value: &["-n", "--namespace", "-f", "--file", "-c", "--context"], changes: Changes::Container(9), ..PLAIN },
    Wrapper { names: &["nomad"], verb: &["alloc exec"], value: &["-task", "-e", "-address", "-namespace", "-region"], flag: &["-i", "-t", "-job"], changes: Changes::Container(0), inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["pssh", "parallel-ssh"], value: &["-h", "--hosts", "-H", "--host", "-l", "--user", "-p", "--par", "-t", "--timeout", "-o", "-e", "-O", "-x"], flag: &["-A", "-i", "-P", "-v"], changes: Changes::Host(9), inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["rr"], verb: &["record"], value: &["-o", "-n"], flag: &["-h", "-w"], ..PLAIN },
    Wrapper { names: &["bpftrace"], value: &["-c", "-e", "-o", "-p", "-f", "-B"], inner: &[Inner::Option(&["-c"])], ..PLAIN },
    Wrapper { names: &["xdotool"], verb: &["exec"], flag: &["--sync", "--terminator"], ..PLAIN },
    Wrapper { names: &["enscript"], value: &["-I", "--filter", "-o", "-p", "--output"], inner: &[Inner::Option(&["-I", "--filter"])], ..PLAIN },
    Wrapper { names: &["scrot"], value: &["-e", "--exec", "-d", "-q", "-t"], inner: &[Inner::Option(&["-e", "--exec"])], ..PLAIN },
    Wrapper { names: &["hg"], value: &["--config"], inner: &[Inner::Prefixed(&["--config"], "=!")], ..PLAIN },
    Wrapper { names: &["npx", "bunx", "pnpx", "pipx-run", "uvx", "dlx"], value: &["-p", "--package", "-c", "--call", "--from", "--with", "--python", "--index", "-w", "--workspace", "--registry"], flag: &["-y", "--yes", "--no-install", "-q", "--bun"], inner: &[Inner::Option(&["-c", "--call"]), Inner::Package], ..PLAIN },
    Wrapper { names: &["npm", "pnpm", "yarn", "bun", "pipx", "uv", "poetry", "pipenv", "hatch", "rye", "pdm", "bundle", "conda", "mamba", "devbox", "mise", "asdf", "rbenv", "pyenv", "rustup", "opam", "cargo", "volta"], verb: &["exec", "dlx", "run --", "x"], value: &["-p", "--package", "-c", "--call", "--python", "--with", "-n"], inner: &[Inner::Option(&["-c", "--call"]), Inner::Package], ..PLAIN },
    Wrapper { names: &["pipx", "uv"], verb: &["tool run", "run"], value: &["-p", "--python", "--with", "--spec", "--from", "--index-url", "-i", "--pip-args", "--suffix", "--extra", "--group", "--project", "--directory", "--env-file"], flag: &["-q", "--no-cache", "--system-site-packages", "--verbose"], inner: &[Inner::Package], ..PLAIN },
    Wrapper { names: &["corepack", "shx"], ..PLAIN },
    Wrapper { names: &["rimraf", "premove"], value: &["--backoff", "--max-retries", "--retry-delay", "--tmp", "--impl"], flag: &["-g", "--glob", "-G", "--no-glob", "-v", "--verbose", "-i", "--interactive", "--preserve-root", "--no-preserve-root"], inner: &[Inner::Like(&["rm", "-rf", "--"])], ..PLAIN },
    Wrapper { names: &["del", "del-cli"], flag: &["-f", "--force", "-d", "--dry-run"], inner: &[Inner::Like(&["rm", "-rf", "--"])], ..PLAIN },
    Wrapper { names: &["srm"], flag: &["-d", "-f", "-i", "-l", "-r", "-R", "-v", "-z", "-x", "-s", "-m"], inner: &[Inner::Like(&["rm", "-rf", "--"])], ..PLAIN },
    Wrapper { names: &["poetry", "pipenv", "hatch", "rye", "pdm", "conda", "mamba", "micromamba", "devbox", "volta"], verb: &["run"], value: &["-p", "--python", "--with", "-n", "--name", "--extra", "--group", "--project", "--directory"], ..PLAIN },
    Wrapper { names: &["vercel", "vc"], verb: &["env run"], value: &["-e", "--environment", "--git-branch", "-t", "--token", "-S", "--scope", "--cwd"], ..PLAIN },
    Wrapper { names: &["netlify", "ntl"], verb: &["dev:exec"], value: &["--context", "--filter", "--auth"], ..PLAIN },
    Wrapper { names: &["eas", "eas-cli"], verb: &["env:exec"], flag: &["--non-interactive"], inner: &[Inner::Text(1)], ..PLAIN },
    Wrapper { names: &["firebase", "firebase-tools"], verb: &["emulators:exec"], value: &["--only", "--import", "--export-on-exit", "-P", "--project", "-c", "--config", "--inspect-functions", "--log-verbosity", "--token", "--account"], flag: &["--ui", "--json", "--debug", "--non-interactive"], inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["sst"], verb: &["shell"], value: &["--stage", "--target", "--config"], ..PLAIN },
    Wrapper { names: &["lerna"], verb: &["exec"], value: &["--scope", "--ignore", "--concurrency", "--since", "--loglevel"], flag: &["--stream", "--parallel", "--no-bail", "--no-prefix"], ..PLAIN },
    Wrapper { names: &["nx"], verb: &["exec"], value: &["--projects", "-p"], ..PLAIN },
    Wrapper { names: &["tmux"], verb: &["new-session", "new", "new-window", "neww", "split-window", "splitw", "respawn-pane", "respawn-window", "run-shell", "run", "if-shell", "popup", "display-popup"], value: &["-s", "-n", "-c", "-t", "-x", "-y", "-F", "-e", "-l", "-h", "-w"], flag: &["-d", "-A", "-P", "-v", "-b"], inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["tmux"], verb: &["send-keys", "send"], value: &["-t", "-N"], flag: &["-l", "-R", "-X"], inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["screen"], verb: &["stuff"], value: &["-S", "-p", "-t"], flag: &["-X", "-r", "-d"], inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["screen"], verb: &["exec", "screen"], value: &["-S", "-p", "-t"], flag: &["-X", "-r", "-d"], ..PLAIN },
    Wrapper { names: &["kitty", "kitten"], verb: &["@ send-text"], value: &["-m", "--match", "-t", "--match-tab", "--to"], flag: &["--all"], inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["kitty", "kitten"], verb: &["@ launch", "@ run"], value: &["-m", "--match", "--type", "--cwd", "--title", "--to", "--env"], ..PLAIN },
    Wrapper { names: &["wezterm"], verb: &["cli send-text"], value: &["--pane-id"], flag: &["--no-paste"], inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["wezterm"], verb: &["cli spawn", "cli split-pane", "start"], value: &["--pane-id", "--window-id", "--cwd", "--domain-name", "--percent"], ..PLAIN },
    Wrapper { names: &["zellij"], verb: &["action write-chars"], inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["zellij"], verb: &["run", "action new-pane"], value: &["-n", "--name", "-d", "--direction", "--cwd"], flag: &["-f", "--floating", "-c", "--close-on-exit"], ..PLAIN },
    Wrapper { names: &["xdotool", "ydotool", "dotool"], verb: &["type"], value: &["--delay", "--window", "--file", "-d"], flag: &["--clearmodifiers"], inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["wtype"], value: &["-M", "-m", "-k", "-P", "-p", "-s", "-d"], inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["nvim", "vim", "gvim", "nvr"], value: &["--remote-send", "--server", "--servername", "--remote-expr"], inner: &[Inner::Prefixed(&["--remote-send"], ":!"), Inner::Prefixed(&["--remote-expr"], "system('"), Inner::Prefixed(&["--remote-expr"], "system(\"")], ..PLAIN },
    Wrapper { names: &["csvtool"], verb: &["call"], inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["task"], verb: &["execute", "exec"], ..PLAIN },
    Wrapper { names: &["gem"], verb: &["open"], value: &["-e", "--editor", "-v", "--version"], inner: &[Inner::Option(&["-e", "--editor"])], ..PLAIN },
    Wrapper { names: &["osascript"], value: &["-e", "-l"], inner: &[Inner::Prefixed(&["-e"], "do shell script \""), Inner::Prefixed(&["-e"], "do script \"")], ..PLAIN },
    Wrapper { names: &["screen"], value: &["-S", "-X", "-p", "-c", "-t", "-h", "-s", "-T", "-e"], flag: &["-d", "-m", "-D", "-R", "-dm", "-dmS"], inner: &[Inner::Words(0)], ..PLAIN },
    Wrapper { names: &["git"], verb: &["submodule foreach"], flag: &["--recursive", "-q", "--quiet"], inner: &[Inner::Text(0)], ..PLAIN },
    Wrapper { names: &["git"], verb: &["bisect run"], ..PLAIN },
    Wrapper { names: &["git"], verb: &["rebase"], value: &["-x", "--exec", "--onto", "-s", "-X"], flag: &["-i", "--interactive"], inner: &[Inner::Option(&["-x", "--exec"])], ..PLAIN },
    Wrapper { names: &["git"], verb: &["filter-branch"], value: &["--tree-filter", "--index-filter", "--msg-filter", "--env-filter", "--commit-filter", "--parent-filter", "--tag-name-filter", "--subdirectory-filter", "--setup", "--original", "-d"], inner: &[Inner::Option(&["--tree-filter", "--index-filter", "--msg-filter", "--env-filter", "--commit-filter", "--parent-filter", "--tag-name-filter", "--setup"])], ..PLAIN },
    Wrapper { names: &["git"], verb: &["grep"], value: &["-e", "-f", "-A", "-B", "-C", "-m", "--threads", "--max-depth"], flag: &["-i", "-n", "-l", "-L", "-w", "-v", "-h", "-H", "-c", "-q", "-E", "-F", "-G", "-P", "-a", "-I", "-r", "-z", "-o", "-p", "-W"], optional: &["-O", "--open-files-in-pager"], inner: &[Inner::Option(&["-O", "--open-files-in-pager"])], ..PLAIN },
    Wrapper { names: &["git"], verb: &["difftool", "mergetool"], value: &["-x", "--extcmd"], inner: &[Inner::Option(&["-x", "--extcmd"])], ..PLAIN },
    Wrapper { names: &["tar", "gtar", "bsdtar"], value: &["--checkpoint-action", "--to-command", "-I", "--use-compress-program", "--info-script", "--new-volume-script", "-F", "--rsh-command", "--rmt-command"], inner: &[Inner::Prefixed(&["--checkpoint-action"], "exec="), Inner::Option(&[ "--to-command", "-I", "--use-compress-program", "--info-script", "--new-volume-script", "-F", "--rsh-command", "--rmt-command", ])], ..PLAIN },
    Wrapper { names: &["restic", "rustic"], value: RESTIC, inner: &[Inner::Option(&["--password-command"]), Inner::Prefixed(&["-o", "--option"], "sftp.command="), Inner::Prefixed(&["-o", "--option"], "rclone.program="), Inner::Dashed(&["--stdin-from-command"])], ..PLAIN },
    Wrapper { names: &["borg"], value: BORG, inner: &[Inner::Option(&["--rsh"]), Inner::Dashed(&["--content-from-command", "--paths-from-command"])], ..PLAIN },
    Wrapper { names: &["borg"], verb: &["with-lock"], value: BORG, inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["rsync"], value: &["-e", "--rsh", "--rsync-path"], inner: &[Inner::Option(&["-e", "--rsh", "--rsync-path"])], ..PLAIN },
    Wrapper { names: &["scp", "sftp"], value: &["-S", "-o", "-P", "-i", "-F", "-J", "-c", "-l"], inner: &[Inner::Option(&["-S"]), Inner::Prefixed(&["-o"], "ProxyCommand="), Inner::Prefixed(&["-o"], "KnownHostsCommand=")], ..PLAIN },
    Wrapper { names: &["sort"], value: &["--compress-program", "-o", "-k", "-t", "-T", "-S"], inner: &[Inner::Option(&["--compress-program"])], ..PLAIN },
    Wrapper { names: &["rg", "ripgrep"], value: &["--pre"], inner: &[Inner::Option(&["--pre"])], ..PLAIN },
    Wrapper { names: &["man"], value: &["-P", "--pager", "-H", "--html"], inner: &[Inner::Option(&["-P", "--pager", "-H"])], ..PLAIN },
    Wrapper { names: &["split"], value: &["--filter"], inner: &[Inner::Option(&["--filter"])], ..PLAIN },
    Wrapper { names: &["zip"], value: &["-TT", "--unzip-command"], inner: &[Inner::Option(&["-TT", "--unzip-command"])], ..PLAIN },
    Wrapper { names: &["gdb", "lldb"], value: &["-ex", "-eval-command", "-iex", "-x", "-p", "-o", "-O"], inner: &[Inner::Prefixed(&["-ex", "-iex", "-eval-command", "-o"], "shell "), Inner::Prefixed(&["-ex", "-iex", "-eval-command", "-o"], "!")], ..PLAIN },
    Wrapper { names: &["expect"], value: &["-c"], inner: &[Inner::Prefixed(&["-c"], "spawn "), Inner::Prefixed(&["-c"], "exec ")], ..PLAIN },
    Wrapper { names: &["pidstat"], value: &["-e"], inner: &[Inner::Until(&["-e"])], ..PLAIN },
    Wrapper { names: &["cpulimit", "trickle", "sem"], value: &["-l", "-e", "-p", "-d", "-u", "-c", "-j"], inner: &[Inner::Option(&["-c"]), Inner::Words(0)], ..PLAIN },
    Wrapper { names: &["faketime", "logsave"], flag: &["-m", "-f", "-a"], inner: &[Inner::Words(1)], ..PLAIN },
    Wrapper { names: &["capsh"], inner: &[Inner::Shell], ..PLAIN },
];
