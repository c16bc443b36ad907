//! Weights that are kept from one visit to the next.

use super::*;

#[test]
fn weights_come_once_and_are_kept_under_their_checksum() {
    let mut files = good();
    assert!(!fetch(&files, folder()).unwrap().1.weights_were_kept);
    let sha256 = files.store.borrow()["m/model.safetensors"].1.sha256.clone();
    assert_eq!(sha256.len(), 64);

    files.files.remove("m/model.safetensors");
    let wanted = |sha256: &str| ModelPlace::Folder {
        url: "m/".to_owned(),
        sha256: Some(sha256.to_owned()),
    };
    assert!(fetch(&files, folder()).unwrap().1.weights_were_kept);
    assert!(fetch(&files, wanted(&sha256)).unwrap().1.weights_were_kept);
    // Those of an older page are not taken for the new ones.
    let error = fetch(&files, wanted(&"0".repeat(64))).err().unwrap();
    assert!(error.to_string().contains("404"), "{error}");
    // Chosen files are here already.
    let error = fetch(
        &files,
        chosen(&[
            "config.json",
            "vocab.json",
            "merges.txt",
            "model.safetensors",
        ]),
    )
    .err()
    .unwrap();
    assert!(error.to_string().contains("404"), "{error}");
}

/// Another model has been put into the same folder: its configuration must not meet the weights of the one before.
#[test]
fn kept_weights_of_a_changed_folder_are_not_taken() {
    let mut files = good();
    fetch(&files, folder()).unwrap();
    let wider = Gpt2Config::sized(config().vocab_size, 8, 8, 1, 2);
    let changed = [
        ("m/config.json", serde_json::to_vec(&wider).unwrap()),
        ("m/model.safetensors", weights(&wider)),
    ];
    for (url, bytes) in changed {
        files.files.insert(url.to_owned(), Some(bytes));
    }
    for version in [Some("\"2\""), None] {
        files.version = version;
        let (base, info) = fetch(&files, folder()).unwrap();
        assert!(!info.weights_were_kept, "{version:?}");
        assert_eq!(base.model.width(), 8);
    }
}

#[test]
fn bad_weights_leave_what_is_kept_as_it_was() {
    let mut files = good();
    fetch(&files, folder()).unwrap();
    let before = files.store.borrow().clone();
    let good_bytes = files.files["m/model.safetensors"].clone().unwrap();

    let other = ModelPlace::Folder {
        url: "m/".to_owned(),
        sha256: Some("0".repeat(64)),
    };
    let error = fetch(&files, other).err().unwrap();
    assert!(error.to_string().contains("another file"), "{error}");
    assert_eq!(*files.store.borrow(), before);

    files.store.borrow_mut().clear();
    let half = good_bytes[..good_bytes.len() / 2].to_vec();
    for broken in [None, Some(half)] {
        files.files.insert("m/model.safetensors".to_owned(), broken);
        assert!(fetch(&files, folder()).is_err());
        assert!(files.store.borrow().is_empty());
    }
}
