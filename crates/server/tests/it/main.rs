//! Tests of the whole service, without a network.

mod audit;
mod away;
mod break_glass;
mod browser;
mod clinical_record;
mod closed;
mod consent;
mod crawl;
mod fixture;
mod guards;
mod hostile;
mod html;
mod interface;
mod kept_out;
mod languages;
mod locale;
mod log;
mod me;
mod oidc;
mod orders;
mod pages;
mod people;
mod programme;
mod relations;
mod sign_in;
mod uploads;
