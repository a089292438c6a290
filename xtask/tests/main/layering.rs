//! Who may know whom. `docs/architecture.md` tells why.

use std::fs;
use std::path::Path;

use crate::workspace::{Package, packages, root};

/// Each crate and the crates of this workspace that it may be built from. Who is not named is not known.
const LAYERS: &[(&str, &[&str])] = &[
    ("firesteel-common", &[]),
    ("firesteel-expr", &["firesteel-common"]),
    ("firesteel-functions", &["firesteel-common", "firesteel-expr"]),
    ("firesteel-catalog", &["firesteel-common", "firesteel-expr"]),
    ("firesteel-plan", &["firesteel-catalog", "firesteel-common", "firesteel-expr"]),
    ("firesteel-sql", &["firesteel-common", "firesteel-plan"]),
    (
        "firesteel-analyzer",
        &["firesteel-catalog", "firesteel-common", "firesteel-expr", "firesteel-functions", "firesteel-plan"],
    ),
    ("firesteel-optimizer", &["firesteel-catalog", "firesteel-common", "firesteel-expr", "firesteel-plan"]),
    ("firesteel-exec", &["firesteel-common", "firesteel-expr", "firesteel-plan"]),
    (
        "firesteel-datasource",
        &["firesteel-catalog", "firesteel-common", "firesteel-exec", "firesteel-expr", "firesteel-plan"],
    ),
    ("firesteel-scheduler", &["firesteel-catalog", "firesteel-common", "firesteel-optimizer", "firesteel-plan"]),
    (
        "firesteel-runtime",
        &[
            "firesteel-common",
            "firesteel-datasource",
            "firesteel-exec",
            "firesteel-expr",
            "firesteel-plan",
            "firesteel-scheduler",
        ],
    ),
    (
        "firesteel",
        &[
            "firesteel-analyzer",
            "firesteel-catalog",
            "firesteel-common",
            "firesteel-datasource",
            "firesteel-exec",
            "firesteel-expr",
            "firesteel-functions",
            "firesteel-optimizer",
            "firesteel-plan",
            "firesteel-runtime",
            "firesteel-scheduler",
            "firesteel-sql",
        ],
    ),
    ("firesteel-cli", &["firesteel", "firesteel-datasource"]),
    ("firesteel-benches", &["firesteel"]),
    ("sql-tests", &["firesteel", "firesteel-common"]),
    ("xtask", &["firesteel", "firesteel-expr", "firesteel-functions"]),
];

/// Foreign crates that only these may be built from; whose name ends in `*` stands for all that begin so.
const HOMES: &[(&str, &[&str])] = &[
    ("sqlparser", &["firesteel-sql"]),
    ("rayon*", &["firesteel-exec"]),
    ("parquet", &["firesteel-datasource", "sql-tests", "xtask"]),
    // Plans, and the states of a program's own aggregates.
    ("postcard", &["firesteel-plan", "firesteel"]),
    // Of remote files, and of the cluster and the servers, which are still to come; the binary starts them.
    ("tokio*", &["firesteel-datasource", "firesteel-cluster", "firesteel-flight-sql", "firesteel-cli"]),
    ("tonic*", &["firesteel-cluster", "firesteel-flight-sql", "firesteel-cli"]),
    ("prost*", &["firesteel-cluster", "firesteel-flight-sql"]),
    ("arrow-flight", &["firesteel-cluster", "firesteel-flight-sql"]),
    ("object_store", &["firesteel-datasource"]),
    ("reqwest", &["firesteel-datasource"]),
    ("rustls", &["firesteel-datasource"]),
    ("clap", &["firesteel-cli", "firesteel-benches", "sql-tests", "xtask"]),
    ("reedline", &["firesteel-cli"]),
    ("nu-ansi-term", &["firesteel-cli"]),
    ("ctrlc", &["firesteel-cli"]),
    ("mimalloc", &["firesteel-cli"]),
    ("tpchgen*", &["xtask"]),
    ("tpcdsgen*", &["xtask"]),
    // Plans, rules, operators and functions are what this project is; of DataFusion it takes the common crate only.
    (
        "datafusion-common",
        &[
            "firesteel-analyzer",
            "firesteel-catalog",
            "firesteel-common",
            "firesteel-datasource",
            "firesteel-expr",
            "firesteel-optimizer",
            "firesteel-plan",
        ],
    ),
    ("datafusion*", &[]),
];

/// Pure crates: they compute, and nothing else. No files, no network, no threads, no processes.
const PURE: &[&str] = &[
    "firesteel-common",
    "firesteel-expr",
    "firesteel-functions",
    "firesteel-catalog",
    "firesteel-plan",
    "firesteel-sql",
    "firesteel-analyzer",
    "firesteel-optimizer",
    "firesteel-scheduler",
];

#[test]
fn crates_know_only_the_layers_below() {
    for package in packages() {
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == package.name) else {
            panic!(
                "{}: a new crate needs its row in xtask/tests/main/layering.rs and in docs/architecture.md",
                package.name
            );
        };
        for dependency in own(&package) {
            assert!(
                allowed.contains(&dependency),
                "{} must not know {dependency}: its layer knows {allowed:?}",
                package.name
            );
        }
    }
}

/// Dependencies that lie in this workspace.
fn own(package: &Package) -> impl Iterator<Item = &str> {
    let names = package.dependencies.iter().map(String::as_str);
    names.filter(|name| name.starts_with("firesteel") || matches!(*name, "sql-tests" | "xtask"))
}

#[test]
fn layers_have_no_cycle() {
    // Rows stand in order: each names only rows before it.
    for (at, (name, allowed)) in LAYERS.iter().enumerate() {
        for below in *allowed {
            assert!(LAYERS[..at].iter().any(|(name, _)| name == below), "{name} may know {below}, which comes later");
        }
    }
}

#[test]
fn foreign_crates_stay_where_they_belong() {
    for package in packages() {
        for dependency in &package.dependencies {
            let Some((foreign, homes)) = HOMES.iter().find(|(pattern, _)| matches(pattern, dependency)) else {
                continue;
            };
            assert!(
                homes.contains(&package.name.as_str()),
                "{} must not know {dependency}: {foreign} belongs to {homes:?}",
                package.name
            );
        }
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == pattern,
    }
}

#[test]
fn pure_crates_touch_nothing_outside() {
    const OUTSIDE: &[&str] = &["std::fs", "std::net", "std::process", "std::thread", "SystemTime"];
    for name in PURE {
        for (path, text) in sources(&root().join("crates").join(name).join("src")) {
            for word in OUTSIDE {
                assert!(!text.contains(word), "{path} knows {word}; {name} computes and does nothing else");
            }
            let clock = *name == "firesteel-scheduler" && text.contains("Instant");
            assert!(!clock, "{path} reads a clock; to the scheduler time is an argument");
        }
    }
}

/// Path and text of every Rust file below a folder, tests aside.
fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a source folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
            found.push((path.display().to_string(), code));
        }
    }
    found
}

#[test]
fn packages_look_alike() {
    for package in packages() {
        assert!(
            package.test_binaries.len() <= 1,
            "{}: one integration-test binary links once, {:?} link each for themselves",
            package.name,
            package.test_binaries
        );
        let manifest = fs::read_to_string(package.folder.join("Cargo.toml")).expect("a manifest");
        assert!(manifest.contains("[lints]\nworkspace = true"), "{} does without the workspace's lints", package.name);
        if package.folder.starts_with(root().join("crates")) {
            assert!(package.folder.ends_with(&package.name), "{} lies in a folder of another name", package.name);
        }
    }
}
