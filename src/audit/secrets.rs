//! What secrets look like: the table behind redaction. Order matters where one prefix begins another: longer first.

/// A token that is known by how it begins.
pub(super) struct Token {
    pub kind: &'static str,
    pub prefix: &'static str,
    /// Characters that follow at least.
    pub least: usize,
}

const fn token(kind: &'static str, prefix: &'static str, least: usize) -> Token {
    Token { kind, prefix, least }
}

pub(super) const TOKENS: &[Token] = &[
    token("aws-access-key", "AKIA", 16),
    token("aws-access-key", "ASIA", 16),
    token("github-token", "github_pat_", 20),
    token("github-token", "ghp_", 20),
    token("github-token", "gho_", 20),
    token("github-token", "ghu_", 20),
    token("github-token", "ghs_", 20),
    token("github-token", "ghr_", 20),
    token("gitlab-token", "glpat-", 16),
    token("slack-token", "xoxb-", 10),
    token("slack-token", "xoxp-", 10),
    token("slack-token", "xoxa-", 10),
    token("slack-token", "xapp-", 10),
    token("anthropic-key", "sk-ant-", 16),
    token("openai-key", "sk-proj-", 16),
    token("api-key", "sk-", 20),
    token("stripe-key", "sk_live_", 10),
    token("stripe-key", "rk_live_", 10),
    token("stripe-key", "sk_test_", 10),
    token("google-key", "AIza", 30),
    token("google-token", "ya29.", 20),
    token("npm-token", "npm_", 20),
    token("pypi-token", "pypi-", 20),
    token("docker-token", "dckr_pat_", 16),
    token("digitalocean-token", "dop_v1_", 32),
    token("heroku-key", "HRKU-", 20),
    token("hashicorp-token", "hvs.", 16),
    token("sendgrid-key", "SG.", 20),
    token("huggingface-token", "hf_", 20),
    token("fly-token", "fo1_", 20),
    token("linear-key", "lin_api_", 16),
    token("supabase-key", "sbp_", 20),
    token("databricks-token", "dapi", 30),
    token("age-key", "AGE-SECRET-KEY-1", 20),
    token("jwt", "eyJ", 30),
];

/// A value that follows one of these words is a secret, to the end of the word or quote.
pub(super) struct Lead {
    pub kind: &'static str,
    pub text: &'static str,
    /// Where its colon is; 0 where it begins with dashes.
    colon: usize,
}

const fn lead(kind: &'static str, text: &'static str) -> Lead {
    let bytes = text.as_bytes();
    let mut colon = bytes.len();
    while colon > 0 {
        colon -= 1;
        if bytes[colon] == b':' {
            break;
        }
    }
    Lead { kind, text, colon }
}

impl Lead {
    /// Where the value begins, if this stands around the colon at `at`, or begins with the dashes there; without regard
    /// to case.
    pub fn end(&self, text: &[u8], at: usize) -> Option<usize> {
        let start = at.checked_sub(self.colon)?;
        let end = start + self.text.len();
        let found = text.get(start..end)?;
        let begins = found.first().map(u8::to_ascii_lowercase) == self.text.bytes().next();
        (begins && found.eq_ignore_ascii_case(self.text.as_bytes())).then_some(end)
    }
}

pub(super) const LEADS: &[Lead] = &[
    lead("authorization", "authorization: bearer "),
    lead("authorization", "authorization: basic "),
    lead("authorization", "authorization: token "),
    lead("authorization", "authorization:bearer "),
    lead("authorization", "authorization: "),
    lead("authorization", "x-api-key: "),
    lead("authorization", "private-token: "),
    lead("authorization", "project-access-token: "),
    lead("password", "--password="),
    lead("password", "--password "),
    lead("password", "--pass="),
    lead("password", "--passphrase="),
    lead("password", "--passphrase "),
    lead("token", "--token="),
    lead("token", "--token "),
    lead("api-key", "--api-key="),
    lead("api-key", "--api-key "),
    lead("token", "--secret="),
    lead("token", "--access-token="),
];

/// Ends of variable names whose value is a secret: `PGPASSWORD=…`, `RAILWAY_TOKEN=…`.
pub(super) const NAMES: &[&str] = &[
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "TOKEN",
    "SECRET",
    "API_KEY",
    "APIKEY",
    "ACCESS_KEY",
    "SECRET_KEY",
    "PRIVATE_KEY",
    "PWD_DB",
    "CREDENTIALS",
    "REDISCLI_AUTH",
    "MYSQL_PWD",
    "ENCRYPTION_KEY",
];

/// Options whose next or attached word is a password, by tool: `mysql -pX`, `curl -u a:b`, `redis-cli -a X`.
pub(super) const OPTIONS: &[(&str, &str)] = &[
    ("mysql", "-p"),
    ("mysqldump", "-p"),
    ("mysqladmin", "-p"),
    ("mariadb", "-p"),
    ("mariadb-dump", "-p"),
    ("mongosh", "-p"),
    ("mongo", "-p"),
    ("mongodump", "-p"),
    ("mongorestore", "-p"),
    ("sshpass", "-p"),
    ("redis-cli", "-a"),
    ("curl", "-u"),
    ("wget", "-u"),
    ("docker", "-p"),
    ("sqlcmd", "-P"),
    ("ldapsearch", "-w"),
    ("openssl", "-k"),
];

pub(super) const KEY_BEGINS: &str = "-----BEGIN ";
pub(super) const KEY_ENDS: &str = "-----END ";
