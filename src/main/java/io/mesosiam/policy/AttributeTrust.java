package io.mesosiam.policy;

import java.util.Optional;

/**
 * An operator's word that the framework which authenticates as this principal doesn't let its users choose the attribute.
 *
 * @param key which label or attribute of the Mesos agent; empty for all
 */
record AttributeTrust(String frameworkPrincipal, Attribute attribute, Optional<String> key) {}
