package io.mesosiam.agent.sdk;

/** One field of the matrix: what was tried, and what came of it. */
record Cell(String sdk, Way way, Trial trial, Outcome outcome) {}
