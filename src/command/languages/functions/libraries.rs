//! Clients of services and stores, by the whole name of what is called: the command lines that do the same.
//!
//! A name is written from its root, with `()` where something was called: `docker.from_env().volumes.prune`.

use Runs::{Command, DeleteAt, Git, GitFlags, Request, Sql, Statement, Words};

/// What a call comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// These words; `…` ends one whose rest only the program knows.
    Words(&'static [&'static str]),
    /// These words, then the first argument.
    Command(&'static [&'static str]),
    /// A DELETE request to this address.
    DeleteAt(&'static str),
    /// The first argument is `METHOD /path` at this host.
    Request(&'static str),
    /// The first argument is SQL.
    Sql,
    /// This is the SQL.
    Statement(&'static str),
    /// Git's verb is the method's name, its words are the arguments.
    Git,
    /// These words of git, then the arguments.
    GitFlags(&'static [&'static str]),
}

/// The call of a library, where an argument of it says more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deed {
    /// A glob for the name.
    pub name: &'static str,
    pub runs: Runs,
    /// It does so only with this argument: an option that is on, or a name that ends so.
    pub only: Option<&'static str>,
}

const fn deed(name: &'static str, runs: Runs) -> Deed {
    Deed { name, runs, only: None }
}

const fn with(name: &'static str, only: &'static str, runs: Runs) -> Deed {
    Deed { name, runs, only: Some(only) }
}

/// Whose lists give things that stand for what they name.
pub const ROOTS: &[&str] = &[
    "docker.",
    "google.cloud.",
    "boto3.",
    "github.",
    "azure.",
    "stripe.",
    "kubernetes.",
    "dockerode",
    "@google-cloud/",
];

#[rustfmt::skip] // a table
pub const DEEDS: &[Deed] = &[
    // GitPython, pygit2, simple-git
    with("git.*.head.reset", "working_tree", Command(&["git", "reset", "--hard"])),
    with("git.*.delete_head", "force", Command(&["git", "branch", "-D"])), deed("git.*.delete_tag", Command(&["git", "tag", "-d"])),
    deed("git.*.remotes.*.push", GitFlags(&["push", "origin"])), deed("git.*.remote().push", GitFlags(&["push", "origin"])),
    with("git.*.index.checkout", "force", Words(&["git", "checkout", "-f", "--", "."])), deed("git.*.git.*", Git),
    with("pygit2.*.reset", "GIT_RESET_HARD", Words(&["git", "reset", "--hard"])),
    with("pygit2.*.checkout*", "GIT_CHECKOUT_FORCE", Words(&["git", "checkout", "-f"])),
    deed("simple-git().raw", GitFlags(&[])), deed("simple-git.simpleGit().raw", GitFlags(&[])),
    deed("simple-git().deleteLocalBranch", Command(&["git", "branch", "-D"])), deed("simple-git().*", Git),
    deed("simple-git.*().*", Git),
    // Google
    deed("google.cloud.bigquery*.delete_table", Command(&["bq", "rm", "-f", "-t"])), deed("google.cloud.bigquery*.delete_dataset", Command(&["bq", "rm", "-r", "-f", "-d"])),
    deed("google.cloud.*.query", Sql), deed("google.cloud.*.query_and_wait", Sql), deed("google.cloud.*.execute_sql", Sql), deed("google.cloud.*.execute_update", Sql), deed("google.cloud.*.execute_partitioned_dml", Sql),
    deed("google.cloud.storage*.delete", DeleteAt("https://storage.googleapis.com/storage/v1/b/bucket")), deed("google.cloud.storage*.delete_*", DeleteAt("https://storage.googleapis.com/storage/v1/b/bucket")),
    deed("google.cloud.*.delete", DeleteAt("https://cloud.googleapis.com/v1/resource")), deed("google.cloud.*.delete_*", DeleteAt("https://cloud.googleapis.com/v1/resource")),
    deed("google.cloud.*.recursive_delete", DeleteAt("https://firestore.googleapis.com/v1/documents")), deed("google.cloud.*.drop", DeleteAt("https://cloud.googleapis.com/v1/resource")),
    deed("google.cloud.*.drop_*", DeleteAt("https://cloud.googleapis.com/v1/resource")), deed("google.cloud.*.destroy_*", DeleteAt("https://cloud.googleapis.com/v1/resource")), deed("googleapiclient.*.delete", DeleteAt("https://cloud.googleapis.com/v1/resource")),
    deed("@google-cloud/*.delete*", DeleteAt("https://cloud.googleapis.com/v1/resource")), deed("firebase-admin*.recursiveDelete", DeleteAt("https://firestore.googleapis.com/v1/documents")),
    // Azure
    deed("*.begin_delete", DeleteAt("https://management.azure.com/resource")), deed("*.begin_delete_*", DeleteAt("https://management.azure.com/resource")), deed("*.begin_purge*", DeleteAt("https://management.azure.com/resource")),
    deed("azure.*.delete", DeleteAt("https://management.azure.com/resource")), deed("azure.*.delete_*", DeleteAt("https://management.azure.com/resource")), deed("azure.*.purge_*", DeleteAt("https://management.azure.com/resource")),
    deed("@azure/*.beginDelete*", DeleteAt("https://management.azure.com/resource")), deed("@azure/*.delete*", DeleteAt("https://management.azure.com/resource")),
    // Amazon's resources; clients are commands of their own
    deed("boto3.resource()*.terminate", Words(&["aws", "ec2", "terminate-instances", "--instance-ids", "…"])),
    deed("boto3.resource()*.delete", Words(&["aws", "s3", "rm", "--recursive", "s3://…"])),
    // Docker
    deed("docker.*.volumes.prune", Words(&["docker", "volume", "prune", "-a", "-f"])), deed("docker.*.containers.prune", Words(&["docker", "container", "prune", "-f"])), deed("docker.*.images.prune", Words(&["docker", "image", "prune", "-a", "-f"])),
    deed("docker.*.volumes.*.remove", Words(&["docker", "volume", "rm", "-f", "…"])), with("docker.*.containers.*.remove", "force", Words(&["docker", "rm", "-f", "-v", "…"])),
    deed("dockerode().pruneVolumes", Words(&["docker", "volume", "prune", "-a", "-f"])), deed("dockerode().getVolume().remove", Words(&["docker", "volume", "rm", "-f", "…"])), with("dockerode().getContainer().remove", "force", Words(&["docker", "rm", "-f", "-v", "…"])),
    // Code hosts, payments, messages
    deed("github.*.delete", DeleteAt("https://api.github.com/repos/owner/name")), deed("github.*.delete_*", DeleteAt("https://api.github.com/repos/owner/name/thing")),
    deed("@octokit/*.repos.delete", DeleteAt("https://api.github.com/repos/owner/name")), deed("@octokit/*.delete*", DeleteAt("https://api.github.com/repos/owner/name/thing")), deed("@octokit/*.request", Request("https://api.github.com")),
    deed("gitlab.*.delete", DeleteAt("https://gitlab.com/api/v4/projects/1")),
    deed("stripe.*.delete", DeleteAt("https://api.stripe.com/v1/thing")), deed("stripe().*.del", DeleteAt("https://api.stripe.com/v1/thing")), deed("stripe.*.del", DeleteAt("https://api.stripe.com/v1/thing")),
    deed("twilio*.delete", DeleteAt("https://api.twilio.com/thing")), deed("twilio().*.remove", DeleteAt("https://api.twilio.com/thing")),
    // Stores
    deed("*.indices.delete", DeleteAt("http://localhost:9200/index")), deed("*.delete_by_query", Words(&["curl", "-X", "POST", "http://localhost:9200/index/_delete_by_query"])),
    deed("*.objects.all().delete", Statement("DELETE FROM objects")), deed("*.objects.delete", Statement("DELETE FROM objects")), deed("*.query().delete", Statement("DELETE FROM model")), deed("*.delete().execute", Statement("DELETE FROM model")),
    deed("knex()().del", Statement("DELETE FROM model")), deed("knex()().delete", Statement("DELETE FROM model")),
    deed("@supabase/*.delete().neq", Statement("DELETE FROM model")), deed("@supabase/*.delete().gte", Statement("DELETE FROM model")), deed("@supabase/*.delete().gt", Statement("DELETE FROM model")), deed("@supabase/*.delete().not", Statement("DELETE FROM model")),
    // Files on servers
    deed("ftplib.*.delete", Command(&["ftp", "delete"])), deed("ftplib.*.rmd", Command(&["ftp", "rmdir"])),
    deed("paramiko.*.open_sftp().remove", Command(&["sftp", "rm"])), deed("paramiko.*.open_sftp().unlink", Command(&["sftp", "rm"])), deed("paramiko.*.open_sftp().rmdir", Command(&["sftp", "rmdir"])),
    deed("paramiko.SFTPClient*.remove", Command(&["sftp", "rm"])), deed("smbclient.rmtree", Command(&["smbclient", "deltree"])), deed("smbclient.remove", Command(&["smbclient", "rm"])),
];
