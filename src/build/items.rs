//! Lists as lessons have them.

/// Lines before the first `- ` are the heading; each item carries the lines below it.
pub fn items(lines: &[&str]) -> (String, Vec<(String, String)>) {
    let mut question = String::new();
    let mut items: Vec<(String, String)> = Vec::new();
    for line in lines {
        if let Some(item) = line.strip_prefix("- ") {
            items.push((item.trim().to_string(), String::new()));
        } else if let Some((_, below)) = items.last_mut() {
            below.push_str(line.trim());
            below.push('\n');
        } else {
            question.push_str(line);
            question.push('\n');
        }
    }
    (question, items)
}
