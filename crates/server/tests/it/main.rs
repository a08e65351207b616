//! Tests of the whole service, without a network.

mod audit;
mod away;
mod consent;
mod crawl;
mod fixture;
mod guards;
mod hostile;
mod html;
mod interface;
mod languages;
mod locale;
mod pages;
mod programme;
mod uploads;
