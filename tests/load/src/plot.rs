//! What several runs measured, drawn one below the other: delay, loss, and what the node cost.

use plotters::coord::Shift;
use plotters::prelude::{
    BLACK, ChartBuilder, Circle, DrawingArea, IntoDrawingArea as _, LineSeries, RGBColor,
    SVGBackend, WHITE,
};
use serde::{Deserialize, Serialize};

/// Width and height in pixels.
const SIZE: (u32, u32) = (900, 900);
const PINE: RGBColor = RGBColor(0, 95, 86);
const LAMP: RGBColor = RGBColor(204, 120, 20);

/// One run, as it is drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Participants in all rooms.
    pub participants: u32,
    /// Delay of half of the packets, in milliseconds.
    pub delay_p50_ms: f64,
    /// Delay of 99 of 100 packets, in milliseconds.
    pub delay_p99_ms: f64,
    /// What did not arrive, in percent.
    pub loss_percent: f64,
    /// Of one core, in percent.
    pub cpu_percent: f64,
}

/// Something that is drawn over the participants.
struct Line<'a> {
    colour: RGBColor,
    of: &'a dyn Fn(&Point) -> f64,
}

/// Draws runs, fewest participants first, as an SVG document.
///
/// # Errors
/// What the drawing library says.
pub fn plot(points: &[Point]) -> Result<String, Box<dyn std::error::Error>> {
    let mut points = points.to_vec();
    points.sort_by_key(|point| point.participants);
    let mut text = String::new();
    {
        let root = SVGBackend::with_string(&mut text, SIZE).into_drawing_area();
        root.fill(&WHITE)?;
        let panels = root.split_evenly((3, 1));
        let median = Line {
            colour: PINE,
            of: &|point| point.delay_p50_ms,
        };
        let late = Line {
            colour: LAMP,
            of: &|point| point.delay_p99_ms,
        };
        panel(
            &panels[0],
            "delay, ms: p50 (green), p99 (orange)",
            &points,
            &[median, late],
        )?;
        let loss = Line {
            colour: LAMP,
            of: &|point| point.loss_percent,
        };
        panel(&panels[1], "lost, %", &points, &[loss])?;
        let cpu = Line {
            colour: PINE,
            of: &|point| point.cpu_percent,
        };
        panel(&panels[2], "CPU of one core, %", &points, &[cpu])?;
        root.present()?;
    }
    Ok(text)
}

fn panel(
    area: &DrawingArea<SVGBackend<'_>, Shift>,
    title: &str,
    points: &[Point],
    lines: &[Line<'_>],
) -> Result<(), Box<dyn std::error::Error>> {
    let most = points
        .iter()
        .map(|point| point.participants)
        .max()
        .unwrap_or(1);
    let values = points
        .iter()
        .flat_map(|point| lines.iter().map(|line| (line.of)(point)));
    // A line at zero is drawn in the middle of nothing otherwise.
    let highest = values.fold(0.1_f64, f64::max) * 1.15;
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(30)
        .y_label_area_size(60)
        .build_cartesian_2d(0..most + most / 10 + 1, 0.0..highest)?;
    chart
        .configure_mesh()
        .x_desc("participants")
        .axis_style(BLACK)
        .draw()?;
    for line in lines {
        let all = points
            .iter()
            .map(|point| (point.participants, (line.of)(point)));
        chart.draw_series(LineSeries::new(all.clone(), line.colour))?;
        chart.draw_series(all.map(|at| Circle::new(at, 4, line.colour)))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_is_a_dot_in_every_panel() {
        let point = |participants| Point {
            participants,
            delay_p50_ms: 0.2,
            delay_p99_ms: 0.9,
            loss_percent: 0.0,
            cpu_percent: 12.0,
        };
        let drawn = plot(&[point(50), point(10)]).expect("it can be drawn");
        assert!(drawn.starts_with("<svg") && drawn.trim_end().ends_with("</svg>"));
        // Two runs, two delays, one loss and one cost each.
        assert_eq!(drawn.matches("<circle").count(), 8);
        assert!(drawn.contains("participants") && drawn.contains("lost, %"));
    }

    #[test]
    fn nothing_measured_is_an_empty_drawing() {
        assert!(plot(&[]).is_ok());
    }
}
