use std::time::Instant;
fn main() {
    const N: usize = 100 << 20;
    let cases: Vec<(&str, Box<dyn Fn() -> String>)> = vec![
        ("literal", Box::new(|| format!("SELECT '{}'", "x".repeat(N)))),
        ("unclosed", Box::new(|| format!("SELECT '{}", "x".repeat(N)))),
        ("1+1", Box::new(|| format!("SELECT 1{}", "+1".repeat(N / 2)))),
        ("spaces", Box::new(|| format!("SELECT 1{}", " ".repeat(N)))),
        ("parens", Box::new(|| "(".repeat(N))),
        ("garbage", Box::new(|| "a?#$é".repeat(N / 6))),
        ("word", Box::new(|| "x".repeat(N))),
        ("quotes", Box::new(|| "''".repeat(N / 2))),
        ("backslash", Box::new(|| format!("select '{}'", "\\n".repeat(N / 2)))),
        ("strings", Box::new(|| format!("select {}", "'a' ".repeat(N / 4)))),
        ("comments", Box::new(|| format!("select 1 {}", "/*+ a*/".repeat(N / 7)))),
        ("hints", Box::new(|| format!("select {} 1", "/*+ a*/".repeat(N / 7)))),
        ("newlines", Box::new(|| "\n".repeat(N))),
    ];
    for (name, make) in cases {
        let text = make();
        let t = Instant::now();
        let r = firesteel_sql::parse_statement(&text);
        let shown = match r {
            Ok(_) => "ok".into(),
            Err(e) => e.render(Some(&text)).chars().take(150).collect::<String>().replace('\n', " "),
        };
        let peak = std::fs::read_to_string("/proc/self/status")
            .unwrap()
            .lines()
            .find(|l| l.starts_with("VmHWM"))
            .unwrap()
            .to_string();
        println!("{name}: {:?} {shown} {peak}", t.elapsed());
    }
}
