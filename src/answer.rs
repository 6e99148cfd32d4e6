//! The answer to a question about text that may be unknown. `CannotTell` is not `No`.

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub enum Answer {
    Yes,
    No,
    CannotTell,
}

impl Answer {
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Answer::No, _) | (_, Answer::No) => Answer::No,
            (Answer::Yes, Answer::Yes) => Answer::Yes,
            (Answer::CannotTell, Answer::Yes | Answer::CannotTell) | (Answer::Yes, Answer::CannotTell) => {
                Answer::CannotTell
            }
        }
    }

    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Answer::Yes, _) | (_, Answer::Yes) => Answer::Yes,
            (Answer::No, Answer::No) => Answer::No,
            (Answer::CannotTell, Answer::No | Answer::CannotTell) | (Answer::No, Answer::CannotTell) => {
                Answer::CannotTell
            }
        }
    }
}

/// `not` of `CannotTell` is `CannotTell`.
impl std::ops::Not for Answer {
    type Output = Answer;

    fn not(self) -> Self {
        match self {
            Answer::Yes => Answer::No,
            Answer::No => Answer::Yes,
            Answer::CannotTell => Answer::CannotTell,
        }
    }
}

impl From<bool> for Answer {
    fn from(yes: bool) -> Self {
        if yes { Answer::Yes } else { Answer::No }
    }
}

#[cfg(test)]
mod tests {
    use super::Answer::{self, CannotTell, No, Yes};

    #[test]
    fn three_valued_logic_never_turns_unknown_into_a_known_pass() {
        let table: [(Answer, Answer, Answer, Answer); 9] = [
            (Yes, Yes, Yes, Yes),
            (Yes, No, No, Yes),
            (Yes, CannotTell, CannotTell, Yes),
            (No, Yes, No, Yes),
            (No, No, No, No),
            (No, CannotTell, No, CannotTell),
            (CannotTell, Yes, CannotTell, Yes),
            (CannotTell, No, No, CannotTell),
            (CannotTell, CannotTell, CannotTell, CannotTell),
        ];
        for (a, b, and, or) in table {
            assert_eq!(a.and(b), and, "{a:?} and {b:?}");
            assert_eq!(a.or(b), or, "{a:?} or {b:?}");
        }
        assert_eq!([!Yes, !No, !CannotTell], [No, Yes, CannotTell]);
    }
}
