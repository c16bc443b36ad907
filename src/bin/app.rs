//! The page.

fn main() {
    warmup::ui::start();
}
