package io.mesosiam.mesos;

import java.util.Optional;

/** A label of a task. Mesos keeps labels as a multiset: a key can occur repeatedly or without a value. */
public record Label(String key, Optional<String> value) {}
