//! Small charts as SVG geometry: numbers in, path data out. Colours belong to the style sheet.

/// A line with the area under it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Line {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Path data of the line.
    pub(super) line: String,
    /// Path data of the area.
    pub(super) area: String,
    /// The last point, to be marked.
    pub(super) end: (f64, f64),
    /// Horizontal rules: height in the picture and the value there.
    pub(super) rules: Vec<(f64, String)>,
}

/// Draws `points` (position in time, value) into a picture of that size, from zero to a round number above
/// the largest value. `None` for fewer than two points: a single one has no trend.
pub(super) fn line(points: &[(i64, f64)], width: u32, height: u32) -> Option<Line> {
    let (first, last) = (points.first()?, points.last()?);
    if points.len() < 2 || last.0 <= first.0 {
        return None;
    }
    let top = round_up(points.iter().map(|(_, value)| *value).fold(0.0, f64::max));
    // Room for the marker at the end and for half a stroke at the top.
    let (inset_x, inset_y) = (5.0, 5.0);
    let across = f64::from(width) - inset_x;
    let down = f64::from(height) - 2.0 * inset_y;
    let place = |(at, value): (i64, f64)| {
        let x = (at - first.0) as f64 / (last.0 - first.0) as f64 * across;
        (round(x), round(inset_y + down * (1.0 - value / top)))
    };
    let places: Vec<(f64, f64)> = points.iter().copied().map(place).collect();
    let path: Vec<String> = places.iter().map(|(x, y)| format!("{x} {y}")).collect();
    let line = format!("M{}", path.join("L"));
    let (end, floor) = (*places.last()?, round(inset_y + down));
    let rules = [0.0, top / 2.0, top].map(|value| (round(inset_y + down * (1.0 - value / top)), label(value)));
    Some(Line { width, height, area: format!("{line}V{floor}H0Z"), line, end, rules: rules.to_vec() })
}

/// The next round number that is not below `value`: 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, …
fn round_up(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    [1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0]
        .into_iter()
        .map(|step| step * power)
        .find(|step| *step >= value)
        .unwrap_or(value)
}

fn label(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}

/// A tenth of a pixel is enough, and keeps the page small.
fn round(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_spans_the_picture_from_zero_to_a_round_number() {
        let chart = line(&[(0, 0.0), (50, 8.0), (100, 4.0)], 105, 60).expect("a chart");
        assert_eq!(chart.line, "M0 55L50 5L100 30");
        assert_eq!(chart.area, "M0 55L50 5L100 30V55H0Z");
        assert_eq!(chart.end, (100.0, 30.0));
        assert_eq!(chart.rules, [(55.0, "0".into()), (30.0, "4".into()), (5.0, "8".into())]);
    }

    #[test]
    fn one_point_has_no_trend() {
        assert_eq!(line(&[], 100, 50), None);
        assert_eq!(line(&[(1, 5.0)], 100, 50), None);
        assert_eq!(line(&[(1, 5.0), (1, 6.0)], 100, 50), None);
    }

    #[test]
    fn the_scale_is_round() {
        let tops: Vec<f64> = [0.0, 1.0, 1.1, 3.0, 7.0, 12.0, 26.0, 60.0].into_iter().map(round_up).collect();
        assert_eq!(tops, [1.0, 1.0, 1.5, 3.0, 8.0, 15.0, 30.0, 60.0]);
    }
}
