//! The pages, one file for each.

pub(crate) mod about;
pub(crate) mod audit;
pub(crate) mod case;
pub(crate) mod cases;
pub(crate) mod check;
pub(crate) mod consent;
pub(crate) mod desk;
pub(crate) mod facet;
pub(crate) mod fragment;
pub(crate) mod home;
pub(crate) mod hospital;
pub(crate) mod hospital_functions;
pub(crate) mod hospitals;
pub(crate) mod knowledge;
pub(crate) mod laboratories;
pub(crate) mod my;
pub(crate) mod panels;
pub(crate) mod problems;
pub(crate) mod programme;
pub(crate) mod report;
pub(crate) mod result;
pub(crate) mod result_facts;
pub(crate) mod results;
pub(crate) mod tumour_types;
pub(crate) mod who_looked;
