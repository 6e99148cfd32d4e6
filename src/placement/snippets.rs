//! What a person puts where init can't write: a Dockerfile, a CI job, the user database. Pure.

use super::texts::word;

/// For an image in which the agent's shell is /bin/bash or /bin/sh.
#[must_use]
pub fn container() -> String {
    "# in the Dockerfile, after the last RUN that needs the plain shell\n\
     COPY guarded guarded-sh /usr/local/bin/\n\
     RUN mkdir -p /etc/guarded /opt/real \\\n\
     \x20&& cp -p /bin/bash /opt/real/bash && cp -p /bin/sh /opt/real/sh \\\n\
     \x20&& printf '[shell]\\nbash = [\"/opt/real/bash\"]\\nsh = [\"/opt/real/sh\"]\\n' > /etc/guarded/policy.toml \\\n\
     \x20&& ln -f /usr/local/bin/guarded-sh /bin/bash && ln -f /usr/local/bin/guarded-sh /bin/sh\n\
     \n\
     # or, without another image, mounted over them; ./guarded/policy.toml holds the two lines of [shell] above\n\
     docker run -v /usr/local/bin/guarded-sh:/bin/bash:ro -v /usr/local/bin/guarded-sh:/bin/sh:ro \\\n\
     \x20 -v /bin/bash:/opt/real/bash:ro -v /bin/dash:/opt/real/sh:ro -v ./guarded:/etc/guarded:ro IMAGE\n"
        .to_owned()
}

#[must_use]
pub fn ci() -> String {
    "# GitHub Actions: each `run:` of the job\n\
     defaults:\n\
     \x20 run:\n\
     \x20   shell: guarded-sh -e -o pipefail {0}\n\
     \n\
     # GitLab: the runner's image, as in `guarded init container`; or around one agent\n\
     script:\n\
     \x20 - guarded run -- my-agent\n"
        .to_owned()
}

/// The command that makes it a user's login shell.
#[must_use]
pub fn login_shell(user: &str) -> String {
    format!("  guarded init shell {} --yes\n", word(user))
}
