//! Every golden file in every mode, as part of `cargo test --workspace`.

use std::process::Command;

#[test]
fn golden_files_agree_in_every_mode() {
    let run = Command::new(env!("CARGO_BIN_EXE_sql-tests")).arg("--verbose").output().expect("the runner starts");
    let printed = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{printed}\n{}", String::from_utf8_lossy(&run.stderr));
    let closing = printed.lines().last().unwrap_or_default();
    println!("{closing}");
    assert!(closing.ends_with(" passed, 0 failed"), "{closing}");
}
