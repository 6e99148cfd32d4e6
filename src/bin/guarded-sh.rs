//! The shell: bash's own command line and nothing else.
#![no_main]

use guarded_sh::guard;
use guarded_sh::invocation;
use guarded_sh::lines;
use guarded_sh::rescue;
use guarded_sh::show;
use guarded_sh::supervise::foreign::Foreign;
use guarded_sh::supervise::interactive;
use guarded_sh::sys::{descriptors, start};
use guarded_sh::trouble::Trouble;
use guarded_sh::world::World;

guarded_sh::start_without_runtime!(run);

fn run(argv: Vec<bstr::BString>) -> u8 {
    start::end_on_panic(|info| start::complain(format!("guarded: stopped by a fault of its own: {info}\n").as_bytes()));
    let environment = start::environment();
    let around = descriptors::surroundings(&[]);
    let name = argv.first().cloned().unwrap_or_default();
    let call = invocation::read(argv, environment.clone(), start::directory(), around);
    let login = rescue::is_login(&call).then(|| call.clone());
    let outcome = World::of(&environment).and_then(|world| match Foreign::called(&name) {
        Some(shell) => lines::typed(shell, call, &world),
        None if name == interactive::LINE_NAME => lines::entered(call, &world),
        None => guard::guard(call, around.sh, &world),
    });
    match outcome {
        Ok(exit) => exit.code(),
        Err(trouble) => {
            let code = failed(&trouble);
            if let Some(call) = login {
                rescue::offer(&call, &trouble);
            }
            code
        }
    }
}

fn failed(trouble: &Trouble) -> u8 {
    start::complain(show::lay_out("guarded", trouble).as_bytes());
    show::Exit::Failed.code()
}
