//! The losses are PyTorch's, as `shared/peers/README.md` lists them.

use super::*;
use crate::engine::helpers::Crew;
use crate::engine::helpers::tests::Near;
use crate::engine::wait::block_on;

fn losses(mut bench: Bench, steps: usize) -> Vec<f32> {
    (0..steps)
        .map(|_| {
            let found = bench.gradients(0..bench.rows()).unwrap();
            block_on(bench.update(found)).unwrap()
        })
        .collect()
}

#[test]
fn helpers_change_no_loss() {
    for workload in [Workload::W1, Workload::W2] {
        let bench = || Bench::new(workload, &Device::flex()).unwrap();
        let mut crew = Crew::none();
        crew.enlist(2, || Ok(Near::new(usize::MAX)));
        crew.prepare_bench(workload);
        let time = (|| 0.0, async || ());
        let measured = measure(bench(), &mut crew, workload, ("cpu", 3), 1, time);
        let spread = block_on(measured).unwrap().losses;
        assert_eq!(crew.workers(), 3);
        for (a, b) in losses(bench(), spread.len()).iter().zip(spread) {
            assert!((f64::from(*a) - b).abs() < 1e-5, "{a} {b}");
        }
    }
}

fn assert_losses(workload: Workload, expected: &[f32]) {
    let bench = Bench::new(workload, &Device::flex()).unwrap();
    assert_eq!(bench.tokens_per_step(), 512);
    for (step, (ours, theirs)) in losses(bench, expected.len())
        .iter()
        .zip(expected)
        .enumerate()
    {
        assert!(
            (ours - theirs).abs() < 1e-4,
            "step {step}: {ours} against {theirs}"
        );
    }
}

#[test]
fn full_fine_tuning_gives_pytorchs_losses() {
    assert_losses(
        Workload::W1,
        &[7.656821, 7.346887, 7.080656, 6.866979, 6.698367],
    );
}

#[test]
fn lora_gives_pytorchs_losses() {
    assert_losses(Workload::W2, &[7.656821, 7.649128, 7.638993, 7.626221]);
}

#[test]
fn the_weights_are_those_of_the_javascript() {
    let mut fixture = Fixture::generate();
    assert_eq!(fixture.ids()[0][..4], [1231, 918, 1745, 1371]);
    assert_eq!(fixture.targets()[..3], [918, 1745, 1371]);
    let first = fixture.take("wte").unwrap().values;
    let last = fixture.take("h3_fc2_w").unwrap().values;
    let near = |a: f32, b: f32| assert!((a - b).abs() < 1e-8, "{a} against {b}");
    near(first[0], -0.013_193_823);
    near(first[2], 0.008_887_418);
    near(last[last.len() - 1], -0.000_124_869_59);
}

/// Set `WARMUP_PEERS_DATA` to the folder that `shared/peers/export_params.mjs` writes.
#[test]
fn files_of_the_other_engines_hold_the_same_numbers() {
    let Some(folder) = std::env::var_os("WARMUP_PEERS_DATA").map(std::path::PathBuf::from) else {
        eprintln!("WARMUP_PEERS_DATA is not set: only the generated weights were checked");
        return;
    };
    let json = std::fs::read_to_string(folder.join("params.json")).unwrap();
    let numbers = std::fs::read(folder.join("params.bin")).unwrap();
    let (read, made) = (Fixture::read(&json, &numbers).unwrap(), Fixture::generate());
    assert_eq!((read.ids(), read.targets()), (made.ids(), made.targets()));
    for workload in [Workload::W1, Workload::W2] {
        let ours = losses(Bench::new(workload, &Device::flex()).unwrap(), 2);
        let theirs = losses(
            Bench::with(workload, read.clone(), &Device::flex()).unwrap(),
            2,
        );
        assert!(
            ours.iter().zip(&theirs).all(|(a, b)| (a - b).abs() < 1e-5),
            "{ours:?} {theirs:?}"
        );
    }
}

#[test]
fn files_that_do_not_fit_say_why() {
    let error = |json: &str| Fixture::read(json, &[0; 16]).unwrap_err().to_string();
    assert!(error("{}").contains("params.json cannot be read"));
    let sizes = r#""nLayer":4,"nHead":4,"d":128,"vocab":2048,"ctx":64,"loraR":8"#;
    let tokens = vec!["1"; 512].join(",");
    let other = format!(r#"{{"cfg":{{{sizes},"batch":9}},"tensors":{{}},"x":[],"y":[]}}"#);
    assert!(error(&other).contains("another model"), "{}", error(&other));
    let short = format!(
        r#"{{"cfg":{{{sizes},"batch":8}},"tensors":{{"p:wte":{{"shape":[5],"off":0,"n":5}}}},"x":[{tokens}],"y":[{tokens}]}}"#
    );
    assert!(error(&short).contains("cut short"), "{}", error(&short));
}
