use std::collections::BTreeMap;
fn walk(dir: &std::path::Path, out: &mut Vec<std::path::PathBuf>) {
    for e in std::fs::read_dir(dir).unwrap() {
        let p = e.unwrap().path();
        if p.is_dir() {
            walk(&p, out)
        } else if p.to_string_lossy().ends_with(".sql.out") {
            out.push(p)
        }
    }
}
fn main() {
    let verbose = std::env::args().nth(2);
    let mut files = vec![];
    walk(std::path::Path::new(&std::env::args().nth(1).unwrap()), &mut files);
    files.sort();
    let (mut q, mut qok, mut s, mut sok) = (0, 0, 0, 0);
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut over = vec![];
    let mut unsupported: BTreeMap<String, usize> = BTreeMap::new();
    for f in files {
        if f.to_string_lossy().contains("/udf/") {
            continue;
        }
        let text = std::fs::read_to_string(&f).unwrap();
        for rec in text.split("-- !query\n").skip(1) {
            let Some((sql, out)) =
                rec.split_once("\n-- !query schema\n").or_else(|| rec.split_once("\n-- !query analysis\n"))
            else {
                continue;
            };
            let refused = out.contains("ParseException");
            let syntax = out.contains("PARSE_SYNTAX_ERROR");
            let r = firesteel_sql::parse_statement(sql);
            if refused {
                if syntax && r.is_ok() {
                    over.push(format!("{}: {}", f.file_name().unwrap().to_string_lossy(), sql));
                }
                continue;
            }
            let stripped: String =
                sql.lines().filter(|l| !l.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n");
            let head = stripped.trim_start().to_lowercase();
            let isq = ["select", "with", "values", "table", "from", "("].iter().any(|w| head.starts_with(w));
            let ok = match &r {
                Ok(_) => true,
                Err(e) if e.condition().name == "UNSUPPORTED_FEATURE" => {
                    *unsupported.entry(e.parameters()[0].1.clone()).or_default() += 1;
                    false
                }
                Err(_) => false,
            };
            if isq {
                q += 1;
                qok += ok as usize
            } else {
                s += 1;
                sok += ok as usize
            }
            if let Err(e) = &r {
                if isq || e.condition().name != "UNSUPPORTED_FEATURE" {
                    let key = format!(
                        "{} {}",
                        e.condition().name,
                        e.parameters().first().map(|p| p.1.clone()).unwrap_or_default()
                    );
                    reasons.entry(key).or_default().push(format!(
                        "{}: {}",
                        f.file_name().unwrap().to_string_lossy(),
                        e.render(Some(sql)).lines().skip(1).collect::<Vec<_>>().join("\n")
                    ));
                }
            }
        }
    }
    println!("queries {qok}/{q} statements {sok}/{s}");
    let mut u: Vec<_> = unsupported.into_iter().collect();
    u.sort_by_key(|x| std::cmp::Reverse(x.1));
    println!("unsupported: {u:?}");
    let mut v: Vec<_> = reasons.into_iter().collect();
    v.sort_by_key(|(_, x)| std::cmp::Reverse(x.len()));
    for (k, x) in &v {
        println!("## {} {k}", x.len());
        if verbose.is_some() {
            for l in x.iter().take(3) {
                println!("{l}");
            }
        }
    }
    println!("accepted though refused: {}", over.len());
    for l in over.iter().take(60) {
        println!("   {l}");
    }
}
