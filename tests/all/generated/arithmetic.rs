//! Arithmetic of generated scripts.

use super::grammar::Maker;

impl Maker {
    pub fn arithmetic(&mut self) -> String {
        self.depth += 1;
        let made = self.expression();
        self.depth -= 1;
        made
    }

    fn expression(&mut self) -> String {
        if self.depth > 4 {
            return self.operand();
        }
        self.depth += 1;
        let bash = self.bash();
        let made = match self.random.below(14) {
            3..=6 => {
                let operator = self.random.pick(&[
                    "+", "-", "*", "/", "%", "<<", ">>", "<", ">", "<=", ">=", "==", "!=", "&", "|", "^", "&&", "||",
                ]);
                let spaced = if self.random.one_in(2) { " " } else { "" };
                format!("{}{spaced}{operator}{spaced}{}", self.expression(), self.expression())
            }
            7 => format!("({})", self.expression()),
            8 => format!("{}{}", self.random.pick(&["-", "+", "!", "~", "- "]), self.operand()),
            9 => format!("{}?{}:{}", self.expression(), self.operand(), self.expression()),
            10 => {
                let operator = self.random.pick(&["=", "+=", "-=", "*=", "%=", "<<=", ">>=", "&=", "|=", "^=", "/="]);
                format!("{}{operator}{}", self.random.pick(&["n", "x", "i"]), self.operand())
            }
            11 if bash => {
                self.random.pick(&["n++", "n--", "++n", "--n", "n++ + n", "i++", "--i", "- -n", "n+++n"]).to_owned()
            }
            12 if bash => self
                .random
                .pick(&[
                    "16#ff",
                    "2#101",
                    "010",
                    "0x1F",
                    "a[1]",
                    "a[n]",
                    "a[0]+1",
                    "a[0]=5",
                    "2**3",
                    "n=3,n*2",
                    "36#z",
                    "64#_",
                    "m[k]",
                    "a[1]++",
                    "x=y=2",
                    "08",
                    "1?2:3?4:5",
                    "a",
                    "2**3**2",
                    "-2**2",
                    "x",
                    "10#08",
                    "",
                    "b[n]+=2",
                    "37#A",
                    "1,2",
                ])
                .to_owned(),
            _ => self.operand(),
        };
        self.depth -= 1;
        made
    }

    fn operand(&mut self) -> String {
        if self.random.one_in(40) {
            return format!("{}1", self.silent());
        }
        self.random
            .pick(&["1", "2", "3", "0", "7", "n", "$n", "x", "10", "i", "${n}", "-1", "n", "${#x}", "$#", "w"])
            .to_owned()
    }
}
