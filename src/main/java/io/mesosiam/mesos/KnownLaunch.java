package io.mesosiam.mesos;

import java.util.Optional;

/** A launch that a lease row of an earlier controller names: it keeps its sequence, and counts as witnessed if it was. */
public record KnownLaunch(Launch launch, Optional<ContainerId> container, boolean witnessed) {}
