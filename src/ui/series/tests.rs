use super::*;

fn wish(seeds: Option<&str>, first: (&str, &str), second: (&str, &str)) -> Wish {
    let pair = |(key, values): (&str, &str)| (key.to_owned(), values.to_owned());
    Wish {
        seeds: seeds.map(str::to_owned),
        sweeps: [pair(first), pair(second)],
    }
}

const NONE: (&str, &str) = ("", "");

#[test]
fn two_settings_make_a_product_with_seeds_for_each_point() {
    let base = Draft::default();
    let wish = wish(Some("3"), ("rank", "8, 16,8,"), ("lr", "1e-3, 3e-3"));
    let series = Series::of(&base, &wish).unwrap();
    assert_eq!((series.points, series.seeds, series.count()), (4, 3, 12));
    assert_eq!(series.groups.len(), 4);
    let told = |draft: &Draft| [draft.get("rank"), draft.get("lr"), draft.get("seed")];
    let all: Vec<[String; 3]> = series.drafts().map(told).collect();
    assert_eq!(all.len(), 12);
    assert_eq!(all[0], ["8", "1e-3", "7"].map(String::from));
    assert_eq!(all[2], ["8", "1e-3", "9"].map(String::from));
    assert_eq!(all[3], ["8", "3e-3", "7"].map(String::from));
    assert_eq!(all[11], ["16", "3e-3", "9"].map(String::from));
    assert!(series.groups[3].name.contains("rank 16, lr 3e-3"));
}

#[test]
fn lists_of_modules_stand_with_semicolons_between() {
    let swept = wish(None, ("targets", "c_attn; c_attn,c_proj;all-linear"), NONE);
    let series = Series::of(&Draft::default(), &swept).unwrap();
    let told: Vec<String> = series.drafts().map(|draft| draft.get("targets")).collect();
    assert_eq!(told, ["c_attn", "c_attn,c_proj", "c_attn,c_fc,c_proj"]);
}

#[test]
fn a_sweep_of_one_seed_is_one_group_that_stands_open() {
    let series = Series::of(&Draft::default(), &wish(None, ("rank", "4, 8"), NONE)).unwrap();
    assert_eq!(series.groups.len(), 1);
    assert!(series.groups[0].is_open && series.groups[0].runs.len() == 2);
    let series = Series::of(&Draft::default(), &wish(Some("5"), NONE, NONE)).unwrap();
    assert!(!series.groups[0].is_open && series.groups[0].runs.len() == 5);
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let base = Draft::default();
    let refused = |wish: Wish| Series::of(&base, &wish).unwrap_err();
    assert!(refused(wish(None, ("rank", "8, none"), NONE)).contains("rank none"));
    assert!(refused(wish(None, ("rank", " , "), NONE)).contains("rank"));
    assert!(refused(wish(None, ("lr", "1"), ("lr", "2"))).contains("lr"));
    assert!(refused(wish(Some("many"), NONE, NONE)).contains("many"));
    assert!(refused(wish(Some("0"), NONE, NONE)).contains('0'));
    let much = refused(wish(Some("49"), NONE, NONE));
    assert!(much.contains("49") && much.contains("48"), "{much}");
    let many = wish(Some("18446744073709551615"), ("rank", "8, 16"), NONE);
    assert!(refused(many).contains("48"));
    assert_eq!(refused(wish(None, NONE, NONE)), text::SERIES_NOTHING);
}

#[test]
fn every_swept_setting_is_one_of_the_form() {
    let draft = Draft::default();
    let keys = keys(&draft);
    assert!(keys.contains(&"rank") && keys.contains(&"lr") && !keys.contains(&"seed"));
    for key in keys {
        let mut same = draft.clone();
        assert_eq!(same.try_set(key, &draft.get(key)), Ok(()), "{key}");
    }
}
