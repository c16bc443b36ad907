//! What counting words reaches, as the page says it.

use serde_json::Value;

use super::support::{fails, file, folder, path, succeeds};

#[test]
fn the_shipped_reviews_give_the_figure_of_the_page() {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/www/data/reviews.csv");
    let told: Value = serde_json::from_str(&succeeds(&["baseline", "--data", data])).unwrap();
    assert_eq!(
        (told["accuracy"].as_f64(), told["test_rows"].as_u64()),
        (Some(0.7175), Some(400))
    );
    assert!(told["features"].as_u64() > Some(1000));
}

#[test]
fn data_without_rows_to_test_with_is_refused() {
    let here = folder("baseline");
    file(
        &here,
        "train.csv",
        "text,label,split\na,x,train\nb,y,train\n",
    );
    let data = path(&here, "train.csv");
    let said = fails(&["baseline", "--data", &data]);
    assert!(said.contains("train.csv needs rows"), "{said}");
}
