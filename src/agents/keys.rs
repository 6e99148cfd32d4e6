//! What an agent holds for itself and hands on to its commands unasked: keys of its model, tokens by which it is talked
//! to. Some were seen in commands' environments, the others are what each agent's documentation tells users to set.

/// By the agents' names in `AGENTS`; one that takes its model from several makers has a key for each.
pub const KEYS: &[(&str, &[&str])] = &[
    (
        "claude",
        &[
            "ANTHROPIC_API_KEY",
            "ANTHROPIC_AUTH_TOKEN",
            "ANTHROPIC_FOUNDRY_API_KEY",
            "AWS_BEARER_TOKEN_BEDROCK",
            "CLAUDE_CODE_OAUTH_TOKEN",
            "CLAUDE_CODE_MESSAGING_TOKEN",
            "CLAUDE_CODE_MESSAGING_SOCKET",
        ],
    ),
    ("codex", &["OPENAI_API_KEY", "CODEX_API_KEY", "AZURE_OPENAI_API_KEY"]),
    ("gemini", &["GEMINI_API_KEY", "GOOGLE_API_KEY"]),
    ("qwen", &["OPENAI_API_KEY", "DASHSCOPE_API_KEY", "BAILIAN_CODING_PLAN_API_KEY"]),
    ("kilo", &["KILO_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OPENROUTER_API_KEY"]),
    ("opencode", &["OPENCODE_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OPENROUTER_API_KEY"]),
    ("copilot", &["COPILOT_GITHUB_TOKEN", "COPILOT_PROVIDER_API_KEY", "COPILOT_PROVIDER_BEARER_TOKEN"]),
    ("cline", &["CLINE_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OPENROUTER_API_KEY"]),
    ("pi", &["ANTHROPIC_API_KEY", "ANTHROPIC_OAUTH_TOKEN", "OPENAI_API_KEY", "GEMINI_API_KEY", "OPENROUTER_API_KEY"]),
    ("mini-swe-agent", &["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "MSWEA_MODEL_API_KEY"]),
    (
        "aider",
        &["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "AIDER_OPENAI_API_KEY", "AIDER_ANTHROPIC_API_KEY", "AIDER_API_KEY"],
    ),
    ("cursor", &["CURSOR_API_KEY", "CURSOR_AUTH_TOKEN"]),
    ("goose", &["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OPENROUTER_API_KEY"]),
    ("amp", &["AMP_API_KEY"]),
    ("crush", &["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OPENROUTER_API_KEY"]),
    ("openhands", &["LLM_API_KEY"]),
    ("auggie", &["AUGMENT_API_TOKEN", "AUGMENT_SESSION_AUTH"]),
];

/// Whether a variable holds a key of this agent's own.
#[must_use]
pub fn is_key_of(agent: &str, name: &[u8]) -> bool {
    KEYS.iter().any(|(one, keys)| *one == agent && keys.iter().any(|key| key.as_bytes() == name))
}

/// Whether it holds one of any agent.
#[must_use]
pub fn is_key(name: &[u8]) -> bool {
    KEYS.iter().any(|(_, keys)| keys.iter().any(|key| key.as_bytes() == name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::AGENTS;

    #[test]
    fn every_key_is_an_agents_that_is_known_and_marks_none() {
        for (agent, keys) in KEYS {
            assert!(AGENTS.iter().any(|known| known.name == *agent), "{agent}");
            assert!(!keys.is_empty() && keys.iter().all(|key| is_key(key.as_bytes())));
            // What marks an agent has to stay.
            let marks = |key: &str| AGENTS.iter().flat_map(|known| known.markers).any(|(marker, _)| *marker == key);
            assert!(!keys.iter().any(|key| marks(key)), "{agent}");
        }
    }

    #[test]
    fn one_agents_key_is_not_every_agents() {
        assert!(is_key_of("claude", b"ANTHROPIC_API_KEY") && !is_key_of("claude", b"OPENAI_API_KEY"));
        assert!(is_key_of("codex", b"OPENAI_API_KEY") && !is_key(b"AWS_SECRET_ACCESS_KEY"));
    }
}
