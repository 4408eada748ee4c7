//! The `glance` binary: one process, one command.

fn main() -> std::process::ExitCode {
    glance::command::main()
}
