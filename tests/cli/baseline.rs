//! What counting words reaches, as the page says it.

use super::support::{fails, file, folder, json, path};

#[test]
fn the_shipped_reviews_give_the_figure_of_the_page() {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/www/data/reviews.csv");
    let told = json(&["baseline", "--data", data]);
    assert_eq!(told["accuracy"].as_f64(), Some(0.7175));
    assert_eq!(told["test_rows"].as_u64(), Some(400));
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
    fails(&["baseline", "--data", &data], &["train.csv needs rows"]);
}
