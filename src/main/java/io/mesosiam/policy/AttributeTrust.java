package io.mesosiam.policy;

import java.util.Optional;

/**
 * An operator's statement that the framework with this principal doesn't let its users choose the attribute.
 *
 * @param key the label key or the name of the Mesos agent's attribute; empty for all
 */
public record AttributeTrust(String frameworkPrincipal, Attribute attribute, Optional<String> key) {}
