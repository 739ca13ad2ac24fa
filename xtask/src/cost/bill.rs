//! What it all comes to. Knows no files.

use super::data::{Action, Per, Prices, Team, Units, Use};

/// What the bill is drawn up from names a price that is not there.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("there is no price called {0}")]
pub(crate) struct Unpriced(String);

/// What Koeba costs a month, in dollars.
pub(crate) struct Bill {
    /// Each standing thing, in the order of the file.
    pub(crate) standing: Vec<f64>,
    /// Everything that is there although nobody comes, with the smallest node running.
    pub(crate) idle_awake: f64,
    /// The same while the node sleeps.
    pub(crate) idle_asleep: f64,
    /// Each action: done once.
    pub(crate) actions: Vec<f64>,
    /// An hour of one page that is told of changes.
    pub(crate) open_hour: f64,
    /// Telling one page of one change.
    pub(crate) notice: f64,
    /// An hour of one person in a room, the voice alone.
    pub(crate) attendee_hour: f64,
    /// Each team.
    pub(crate) teams: Vec<Monthly>,
}

/// What a team costs a month, in dollars.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Monthly {
    pub(crate) people: u32,
    /// What is there whether anybody comes or not, its node included.
    pub(crate) standing: f64,
    /// What people and the node ask of the API, but for who is where.
    pub(crate) asked: f64,
    /// Seeing who is where.
    pub(crate) seen: f64,
    /// Voice.
    pub(crate) voice: f64,
    /// What each managed service would take for the same hours, in the order of the file.
    pub(crate) managed: Vec<f64>,
}

impl Monthly {
    /// All of it.
    pub(crate) fn total(&self) -> f64 {
        self.standing + self.asked + self.seen + self.voice
    }

    /// The part of one person.
    pub(crate) fn per_seat(&self) -> f64 {
        self.total() / f64::from(self.people)
    }
}

const HOURS_OF_A_MONTH: f64 = 730.0;

/// Draws the bill up.
///
/// # Errors
/// The first price that is named and not there.
pub(crate) fn draw_up(units: &Units, prices: &Prices) -> Result<Bill, Unpriced> {
    let price = |id: &str| of(prices, id);
    let mut standing = Vec::new();
    let (mut always, mut awake) = (0.0, 0.0);
    for one in &units.standing {
        let dollars = f64::from(one.count) * one.each * price(&one.price)?;
        standing.push(dollars);
        if one.only_awake {
            awake += dollars;
        } else {
            always += dollars;
        }
    }
    let node = |team: &Team| -> Result<f64, Unpriced> {
        let hour =
            team.vcpu * price("fargate-vcpu-hour")? + team.memory_gb * price("fargate-gb-hour")?;
        Ok(hour * HOURS_OF_A_MONTH)
    };
    let actions = units
        .actions
        .iter()
        .map(|action| once(action, units, prices))
        .collect::<Result<Vec<_>, _>>()?;
    let open_hour = sum(&units.open_hour, prices)?;
    let notice = sum(&units.notice, prices)?;
    let attendee_hour = sum(&units.attendee_hour, prices)?;
    let data = sum(&units.person_month, prices)?;
    let mut teams = Vec::new();
    for team in &units.teams {
        let people = f64::from(team.people);
        let mut monthly = Monthly {
            people: team.people,
            standing: always + awake + node(team)?,
            asked: people * data,
            seen: open_hour * often(Per::OpenHour, people, units) + notice * notices(people, units),
            voice: attendee_hour * often(Per::AttendeeHour, people, units),
            ..Monthly::default()
        };
        for (action, dollars) in units.actions.iter().zip(&actions) {
            let all = dollars * action.times * often(action.per, people, units);
            if action.per == Per::OpenHour {
                monthly.seen += all;
            } else {
                monthly.asked += all;
            }
        }
        let minutes = often(Per::AttendeeHour, people, units) * 60.0;
        let managed = prices.managed.iter();
        monthly.managed = managed
            .map(|service| service.usd_per_attendee_minute * minutes)
            .collect();
        teams.push(monthly);
    }
    let smallest = units.teams.first().map_or(Ok(0.0), node)?;
    Ok(Bill {
        standing,
        idle_awake: always + awake + smallest,
        idle_asleep: always,
        actions,
        open_hour,
        notice,
        attendee_hour,
        teams,
    })
}

/// How much there is of what something grows with, in a month of so many people.
fn often(per: Per, people: f64, units: &Units) -> f64 {
    let assumed = &units.assumed;
    match per {
        Per::Person => people,
        Per::OpenHour => people * assumed.working_days * assumed.open_hours_a_day,
        Per::AttendeeHour => people * assumed.working_days * assumed.talk_hours_a_day,
        Per::BusyHour => assumed.working_days * assumed.busy_hours_a_day,
    }
}

/// How many notices are sent in a month, if all people are in one workspace: each coming and going
/// to everybody who has the page in sight then.
fn notices(people: f64, units: &Units) -> f64 {
    let assumed = &units.assumed;
    let in_sight = people * assumed.open_hours_a_day / assumed.busy_hours_a_day;
    people * assumed.comings_and_goings * in_sight
}

/// What doing something once costs.
fn once(action: &Action, units: &Units, prices: &Prices) -> Result<f64, Unpriced> {
    let price = |id: &str| of(prices, id);
    let seconds = units.assumed.function_seconds * action.memory_gb;
    let request = sum(&units.request, prices)? + seconds * price("lambda-gb-second")?;
    Ok(action.requests * request
        + action.read_units * price("dynamodb-read")?
        + action.write_units * units.assumed.regions_written * price("dynamodb-write")?
        + action.mails * price("mail")?)
}

fn sum(uses: &[Use], prices: &Prices) -> Result<f64, Unpriced> {
    uses.iter()
        .map(|one| Ok(one.quantity * of(prices, &one.price)?))
        .sum()
}

fn of(prices: &Prices, id: &str) -> Result<f64, Unpriced> {
    let found = prices.prices.iter().find(|price| price.id == id);
    found
        .map(|price| price.usd)
        .ok_or_else(|| Unpriced(id.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn standing_things_cost_the_same_whoever_comes_and_a_sleeping_node_costs_nothing() {
        let bill = draw_up(&units(), &prices()).expect("every price is there");
        // Two keys for a dollar each, an address of three dollars that the node alone needs, and a
        // node of one CPU at a cent an hour.
        assert!(close(bill.idle_asleep, 2.0));
        assert!(close(bill.idle_awake, 2.0 + 3.0 + 7.3));
        assert!(bill.teams.iter().all(|team| close(team.standing, 12.3)));
    }

    #[test]
    fn what_people_do_grows_with_people_and_what_the_node_does_with_hours() {
        let bill = draw_up(&units(), &prices()).expect("every price is there");
        // A request is a cent; a read unit a tenth of one; a write is charged in two regions.
        assert!(close(bill.actions[0], 0.01 + 0.002));
        assert!(close(bill.actions[1], 0.02));
        let [ten, hundred] = &bill.teams[..] else {
            panic!("two teams");
        };
        // Seen 100 times an hour, 2 hours a day, 20 days.
        assert!(close(ten.seen, 10.0 * 4000.0 * 0.012));
        assert!(close(hundred.seen, 10.0 * ten.seen));
        // Once in each of 20 hours in which anybody is there, however many.
        assert!(close(ten.asked, 20.0 * 0.02));
        assert!(close(hundred.asked, ten.asked));
    }

    #[test]
    fn what_everybody_is_told_grows_with_the_square_of_people() {
        let mut units = units();
        units.actions.clear();
        let words = json!({ "en": "", "ja": "" });
        let used = |quantity: f64| {
            let used =
                json!({ "what": words, "quantity": quantity, "price": "key", "from": words });
            vec![serde_json::from_value::<Use>(used).expect("a use")]
        };
        units.notice = used(0.001);
        let bill = draw_up(&units, &prices()).expect("every price is there");
        // Ten people, who come and go 3 times; all of them have the page in sight, twice over: the
        // day of two hours in sight has one hour in which anybody comes or goes.
        assert!(close(bill.teams[0].seen, 10.0 * 3.0 * 20.0 * 0.001));
        assert!(close(bill.teams[1].seen, 100.0 * bill.teams[0].seen));
        units.notice.clear();
        units.open_hour = used(0.5);
        let bill = draw_up(&units, &prices()).expect("every price is there");
        assert!(close(bill.teams[0].seen, 10.0 * 40.0 * 0.5));
    }

    #[test]
    fn a_managed_service_is_asked_for_the_same_minutes() {
        let bill = draw_up(&units(), &prices()).expect("every price is there");
        let ten = &bill.teams[0];
        assert!(close(ten.voice, 10.0 * 20.0 * 0.5));
        assert!(close(ten.managed[0], 10.0 * 20.0 * 60.0 * 0.001));
        assert!(close(ten.per_seat() * 10.0, ten.total()));
    }

    #[test]
    fn a_price_that_is_not_there_is_named() {
        let mut units = units();
        units.standing[0].price = "gold".to_owned();
        let error = draw_up(&units, &prices())
            .err()
            .expect("there is no such price");
        assert_eq!(error.to_string(), "there is no price called gold");
    }

    fn close(left: f64, right: f64) -> bool {
        (left - right).abs() < 1e-9
    }

    fn units() -> Units {
        let words = json!({ "en": "", "ja": "" });
        let action = |per: &str, times: u32, reads: u32, writes: u32, requests: u32| {
            json!({
                "what": words, "per": per, "times": times, "requests": requests,
                "read_units": reads, "write_units": writes, "mails": 0, "memory_gb": 0,
            })
        };
        let units = json!({
            "assumed": {
                "working_days": 20, "open_hours_a_day": 2, "talk_hours_a_day": 1,
                "busy_hours_a_day": 1, "comings_and_goings": 3, "function_seconds": 1, "regions_written": 2, "because": [],
            },
            "teams": [
                { "people": 10, "node": "small", "vcpu": 1, "memory_gb": 0 },
                { "people": 100, "node": "small", "vcpu": 1, "memory_gb": 0 },
            ],
            "standing": [
                { "what": words, "count": 2, "each": 1, "price": "key", "from": "" },
                { "what": words, "count": 1, "each": 3, "price": "key", "from": "", "only_awake": true },
            ],
            "request": [{ "what": words, "quantity": 1, "price": "request", "from": words }],
            "actions": [action("open_hour", 100, 2, 0, 1), action("busy_hour", 1, 0, 1, 0)],
            "open_hour": [],
            "notice": [],
            "attendee_hour": [{ "what": words, "quantity": 0.5, "price": "key", "from": words }],
            "person_month": [],
            "left_out": [],
        });
        serde_json::from_value(units).expect("units are as the file has them")
    }

    fn prices() -> Prices {
        let price = |id: &str, usd: f64| {
            let source = json!({ "kind": "unverified", "page": "" });
            json!({ "id": id, "usd": usd, "per": "1", "source": source })
        };
        let prices = json!({
            "region": "ap-northeast-1",
            "prices": [
                price("key", 1.0), price("request", 0.01), price("dynamodb-read", 0.001),
                price("dynamodb-write", 0.01), price("lambda-gb-second", 0.0), price("mail", 0.0),
                price("fargate-vcpu-hour", 0.01), price("fargate-gb-hour", 0.0),
            ],
            "managed": [{
                "name": "", "usd_per_attendee_minute": 0.001,
                "source": { "kind": "page", "page": "", "date": null },
            }],
        });
        serde_json::from_value(prices).expect("prices are as the file has them")
    }
}
