//! The workspace as `cargo metadata` describes it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A package of this workspace.
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    /// What it is built from: normal and build dependencies. Tests may know whom they like.
    pub(crate) dependencies: Vec<String>,
    /// Binaries of its own under `tests/`.
    pub(crate) test_binaries: Vec<String>,
}

pub(crate) fn root() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    folder.canonicalize().expect("the workspace's folder")
}

pub(crate) fn packages() -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    list(&metadata["packages"]).iter().map(package).collect()
}

fn package(value: &Value) -> Package {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let dependencies = list(&value["dependencies"]).iter().filter(|dependency| dependency["kind"] != "dev");
    let is_test = |target: &&Value| list(&target["kind"]).iter().any(|kind| kind == "test");
    let manifest = PathBuf::from(text(&value["manifest_path"]));
    Package {
        name: text(&value["name"]),
        folder: manifest.parent().expect("a manifest lies in a folder").to_owned(),
        dependencies: dependencies.map(|dependency| text(&dependency["name"])).collect(),
        test_binaries: list(&value["targets"]).iter().filter(is_test).map(|target| text(&target["name"])).collect(),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}
