package io.mesosiam.agent.sdk;

/** One cell of the matrix: a trial and its outcome. */
record Cell(String sdk, Way way, Trial trial, Outcome outcome) {}
