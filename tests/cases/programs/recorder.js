// Runs each program of a list with what starts or destroys something replaced, and writes down what it would have done.
const cp = require("child_process");
const fs = require("fs");
let done = [];
const input = JSON.parse(fs.readFileSync(0, "utf8"));
const write = fs.writeSync;
const does = (...words) => { done.push(words.map(String)); return { on() {}, stdout: "", status: 0 }; };
cp.exec = cp.execSync = (text) => { does("sh", "-c", text); return Buffer.from(""); };
cp.spawn = cp.spawnSync = cp.execFile = cp.execFileSync = (program, list, options) => {
  if (!Array.isArray(list)) [list, options] = [[], list];
  return options && options.shell ? does("sh", "-c", [program, ...list].join(" ")) : does(program, ...list);
};
const remove = (path, options) => options && options.recursive ? does("rm", "-r", "-f", "--", path) : does("rm", "-f", "--", path);
fs.rm = fs.rmSync = remove;
fs.unlink = fs.unlinkSync = (path) => does("rm", "-f", "--", path);
fs.promises.unlink = async (path) => does("rm", "-f", "--", path);
fs.rmdir = fs.rmdirSync = (path) => does("rmdir", "--", path);
fs.writeFile = fs.writeFileSync = (path) => done.push([">", String(path)]);
globalThis.fetch = async (url, options) => does("curl", "-X", options.method, url);
(async () => {
  const answers = [];
  for (const one of input) {
    done = [];
    let error = null;
    try {
      new Function("require", "module", one.code)(require, {});
      await new Promise((later) => setTimeout(later, 5));
    } catch (trouble) { error = String(trouble); }
    answers.push({ done, error });
  }
  write(1, JSON.stringify(answers));
})();
