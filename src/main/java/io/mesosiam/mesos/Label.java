package io.mesosiam.mesos;

import java.util.Optional;

/** One of a task's labels. Mesos keeps them as a multiset: a key may come twice, or without a value. */
public record Label(String key, Optional<String> value) {}
