//! Every program that starts another one: a command inside is judged as it is outside.

use guarded_sh::answer::Answer;
use guarded_sh::packs::Packs;

use super::examples::{answer, findings};

/// `{}` is the command in its words, `{q}` the command as one quoted word.
#[rustfmt::skip]
pub const WRAPPERS: &[&str] = &[
    "ansible web -m shell -a {q}", "arch-chroot /mnt {}", "at now <<< {q}", "aws-vault exec prod -- {}", "batch <<< {q}",
    "bash -c {q}", "borg --rsh {q} list b", "borg with-lock /srv/b {}", "borg create --content-from-command b::a -- {}", "bpftrace -c {q} -e 'END{}'", "buildah run work -- {}", "bun x {}", "bundle exec {}", "bunx {}", "busybox {}",
    "bwrap --ro-bind / / --dev /dev --bind a b --unshare-all -- {}", "bwrap --setenv A 1 --proc /proc {}", "caffeinate -i {}",
    "capsh --drop=all -- -c {q}", "cargo watch -s {q}", "catchsegv {}", "cf ssh app -c {q}", "chamber exec prod -- {}", "choom -n 5 -- {}",
    "chroot /mnt {}", "chronic {}", "chrt -b 0 {}", "command {}", "concurrently {q}", "conda run -n base {}", "cpulimit -l 5 -- {}",
    "crictl exec -it abc {}", "cross-env A=1 {}", "dbus-run-session -- {}", "ddev exec {q}", "devbox run -- {}", "devenv shell {}", "direnv exec . {}",
    "distrobox enter box -- {}", "doas -u root {}", "docker exec -it web {}", "docker run --rm -v /a:/b alpine {}", "docker compose exec web {}",
    "docker compose run --rm web {}", "doppler run --command={q}", "doppler run -p a -c dev -- {}", "dotenv -f .env -- {}", "dotenv run -- {}",
    "dotenvx run -f .env -- {}", "dtach -n /tmp/s {}", "dumb-init {}", "eatmydata {}", "echo a | entr -r {}", "env -i A=1 {}", "env -S {q}", "env-cmd -f .env {}",
    "envdir ./env {}", "eval {q}", "exec {}", "faketime '2 days ago' {}", "fakeroot -- {}", "fd -x {}", "find . -maxdepth 0 -exec {} ';'", "firejail --quiet {}",
    "flatpak-spawn --host {}", "flock -n x {}", "flock x -c {q}", "fly ssh console -a app -C {q}", "foreman run {}", "gcloud compute ssh vm --command={q}",
    "gdb -ex 'shell {}' -batch", "git -c alias.z={!} z", "git -c core.pager={q} -p log", "git bisect run {}", "git difftool -y -x {q}",
    "git filter-branch -f --tree-filter {q} HEAD", "git grep -O{q} x", "git grep --open-files-in-pager={q} x", "git rebase --exec {q} HEAD~1", "git submodule foreach --recursive {q}",
    "gosu root {}", "grc {}", "guix shell git -- {}", "hatch run {}", "heroku run -a app -- {}", "honcho run {}", "hyperfine {q}", "incus exec box -- {}", "infisical run --env=dev -- {}",
    "ionice -c3 {}", "kubectl exec -it pod -n ns -- {}", "lima {}", "limactl shell default {}", "ltrace {}", "lxc exec box -- {}", "machinectl shell box {}",
    "mamba run -n base {}", "mapfile -C {q} -c 1 < x", "mise exec -- {}", "multipass exec vm -- {}", "nerdctl exec web {}", "nice -n5 {}", "nix develop -c {}", "nix shell nixpkgs#git --command {}",
    "nix-shell -p git --run {q}", "nodemon --exec {q}", "nohup {}", "npm exec -c {q}", "npm exec -- {}", "npx -c {q}", "nsenter -t 1 -m {}", "numactl -N 0 {}", "oc rsh pod {}",
    "op run --env-file=.env -- {}", "parallel {q} ::: a", "pdm run {}", "perf stat {}", "pipenv run {}", "pixi run {}", "pkexec {}", "pnpm dlx {}", "pnpm exec {}",
    "podman exec web {}", "poetry run {}", "prlimit --nofile=9 {}", "proot {}", "railway run {}", "restic --password-command {q} snapshots", "restic -o sftp.command={q} snapshots", "restic backup --stdin-from-command -- {}", "rg --pre {q} x", "rr record {}", "rsync -e {q} a b:", "runuser -u x -- {}", "rye run {}",
    "schroot -c box -- {}", "script -qc {q} /dev/null", "scrot -e {q}", "setarch -R {}",
    "setarch x86_64 -R {}", "setpriv --no-new-privs {}", "setsid -f {}", "sg staff {q}",
    "sg staff -c {q}", "sh -c {q}", "softlimit -m 5 {}",
    "sops exec-env s.yaml {q}", "sort --compress-program={q} x", "ssh host {q}", "ssh -o ProxyCommand={q} host", "sshpass -p x ssh host {q}",
    "stdbuf -oL {}", "strace -f -o x {}", "su-exec root {}", "sudo -u root {}", "systemd-inhibit {}", "systemd-nspawn -q -D /mnt {}", "systemd-run --user {}", "tar cf /dev/null x -I {q}",
    "tar xf x --to-command={q}", "taskset 1 {}", "time {}", "timeout 5 {}", "tini -- {}", "tmux new-session -d {q}", "tmux send-keys -t 0 {q} Enter", "toolbox run {}", "torsocks {}",
    "trap {q} EXIT", "tsp {}", "unbuffer {}", "unshare -r {}", "uv run {}", "uvx {}", "vagrant ssh -c {q}", "valgrind {}", "vglrun {}", "watch -n1 {q}", "watchexec -e rs -- {}", "with-contenv {}", "wsl -e {}",
    "echo | xargs {}", "xdotool exec --sync {}", "xvfb-run -a {}",
    "aws-okta exec prod -- {}", "az aks command invoke -g x -n y -c {q}", "az ssh vm -n x -- {}", "buildah unshare {}", "consul exec {}", "fab -H h -- {}", "gcloud compute ssh vm -- {}",
    "gdb -batch -ex run --args {}", "heroku ps:exec -a app -- {}", "ifne {}", "kubectl node-shell n -- {}", "mpirun -np 2 {}", "pct exec 100 -- {}", "pee {q}", "podman unshare {}",
    "pueue add {q}", "pyinfra h exec -- {}", "qm guest exec 100 -- {}", "saml2aws exec -- {}", "sbatch --wrap {q}", "srun -n 1 {}", "ssh-agent {}", "sudo-rs {}", "summon -p x {}",
    "systemd-cat -t x {}", "terramate run -- {}", "vaulted -n x -- {}", "xterm -e {}", "please {}", "yarn dlx {}", "yarn exec {}", "zellij run -- {}",
];

#[test]
fn a_command_is_judged_in_every_wrapper() {
    let packs = Packs::embedded();
    let lines = [
        ("git.push-force", "git push --force"),
        ("rm.recursive", "rm -rf src"),
        ("kubectl.delete-namespace", "kubectl delete namespace shop"),
    ];
    let mut missed = Vec::new();
    for wrapper in WRAPPERS {
        for (id, line) in lines {
            let whole =
                wrapper.replace("{!}", &format!("'!{line}'")).replace("{q}", &format!("'{line}'")).replace("{}", line);
            if answer(id, &findings(&whole, &packs)) != Answer::Yes {
                missed.push(format!("{id}: {whole}"));
            }
        }
    }
    assert!(missed.is_empty(), "{} wrappers hide it:\n{}", missed.len(), missed.join("\n"));
}

/// What stands behind an image are the arguments of what it starts.
#[test]
fn an_image_of_one_tool_is_that_tool() {
    let packs = Packs::embedded();
    for (id, line) in [
        ("terraform.destroy", "docker run --rm hashicorp/terraform:1.9 destroy -auto-approve"),
        ("kubectl.delete-namespace", "podman run --rm docker.io/bitnami/kubectl@sha256:0 delete ns shop"),
        ("kubectl.delete-namespace", "kubectl run c --rm -i --image=bitnami/kubectl -- delete ns shop"),
        ("rm.recursive", "docker run --rm -v /a:/d --entrypoint rm alpine -rf /d/src"),
        ("git.push-force", "docker run --rm -v /a:/git alpine/git push --force"),
    ] {
        assert_eq!(answer(id, &findings(line, &packs)), Answer::Yes, "{line}");
    }
    assert!(findings("docker run --rm hashicorp/terraform plan", &packs).is_empty());
    assert!(findings("docker run --rm myterraform destroy", &packs).is_empty());
}
