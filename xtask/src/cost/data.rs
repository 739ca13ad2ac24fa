//! What the two files hold.

use serde::Deserialize;

/// How much of what is used.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Units {
    /// What is taken for granted about the people.
    pub(crate) assumed: Assumed,
    /// The teams that the page is about.
    pub(crate) teams: Vec<Team>,
    /// What is there whether anybody comes or not.
    pub(crate) standing: Vec<Standing>,
    /// What every request uses, whatever it is about.
    pub(crate) request: Vec<Use>,
    /// What people and the node do, and what that asks of the API and the table.
    pub(crate) actions: Vec<Action>,
    /// What a page that is told of changes uses in an hour.
    pub(crate) open_hour: Vec<Use>,
    /// What telling one page of one change uses.
    pub(crate) notice: Vec<Use>,
    /// What somebody in a room uses in an hour.
    pub(crate) attendee_hour: Vec<Use>,
    /// What a person's data uses in a month.
    pub(crate) person_month: Vec<Use>,
    /// What is not in it.
    pub(crate) left_out: Vec<Words>,
}

/// What is taken for granted about the people, and how a function and the table are charged.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assumed {
    pub(crate) working_days: f64,
    /// Hours of a day that a person has the page in sight.
    pub(crate) open_hours_a_day: f64,
    /// Hours of a day that a person is in a room.
    pub(crate) talk_hours_a_day: f64,
    /// Hours of a day that anybody at all is in a room.
    pub(crate) busy_hours_a_day: f64,
    /// How often a person comes into a room or leaves one in a month, which everybody who has the
    /// page in sight is told.
    pub(crate) comings_and_goings: f64,
    /// Seconds that a warm function is charged for a request.
    pub(crate) function_seconds: f64,
    /// Regions that every write is charged in.
    pub(crate) regions_written: f64,
    /// Why these, each in a sentence.
    pub(crate) because: Vec<Words>,
}

/// A team, and the node that it needs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Team {
    pub(crate) people: u32,
    /// `media.size` of the configuration.
    pub(crate) node: String,
    pub(crate) vcpu: f64,
    pub(crate) memory_gb: f64,
}

/// Something that is there day and night.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Standing {
    pub(crate) what: Words,
    /// How many there are.
    pub(crate) count: u32,
    /// How much of what is priced each uses in a month.
    pub(crate) each: f64,
    pub(crate) price: String,
    /// The construct that it comes from.
    pub(crate) from: String,
    /// The types of resources that `count` counts; `cdk/test/cost.test.ts` holds them to it.
    #[serde(default)]
    #[expect(dead_code, reason = "read by the tests of the CDK app")]
    resources: Vec<String>,
    /// Whether it is gone while the node sleeps.
    #[serde(default)]
    pub(crate) only_awake: bool,
}

/// So much of what is priced.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Use {
    pub(crate) what: Words,
    pub(crate) quantity: f64,
    pub(crate) price: String,
    /// Where the quantity is from.
    pub(crate) from: Words,
}

/// Something that is done again and again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Action {
    pub(crate) what: Words,
    pub(crate) per: Per,
    /// How often it is done in that.
    pub(crate) times: f64,
    pub(crate) requests: f64,
    pub(crate) read_units: f64,
    /// Before they are multiplied by the regions.
    pub(crate) write_units: f64,
    pub(crate) mails: f64,
    /// Memory of the function that answers.
    pub(crate) memory_gb: f64,
}

/// What something grows with.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Per {
    /// A person and a month.
    Person,
    /// An hour that a person has the page in sight.
    OpenHour,
    /// An hour that a person is in a room.
    AttendeeHour,
    /// An hour in which anybody is in a room.
    BusyHour,
}

/// What things cost.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prices {
    pub(crate) region: String,
    pub(crate) prices: Vec<Price>,
    /// Services that would carry the voice instead.
    pub(crate) managed: Vec<Managed>,
}

/// What one of something costs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Price {
    pub(crate) id: String,
    pub(crate) usd: f64,
    pub(crate) per: String,
    pub(crate) source: Source,
}

/// A service that carries voice for so much a minute.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Managed {
    pub(crate) name: String,
    pub(crate) usd_per_attendee_minute: f64,
    pub(crate) source: Source,
}

/// Where a price is from.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Source {
    /// AWS's price list, as somebody published what they read there that day.
    Listed {
        page: String,
        usage_type: String,
        date: String,
    },
    /// A page that names it, and the day it was written, if it says.
    Page {
        page: String,
        date: Option<String>,
        /// What has to be known about it.
        note: Option<Words>,
    },
    /// Nobody's word: to be looked up on that page.
    Unverified { page: String },
}

/// A text in both languages.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    pub(crate) en: String,
    pub(crate) ja: String,
}
