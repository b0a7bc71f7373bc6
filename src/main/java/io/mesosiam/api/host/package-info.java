/**
 * Hosts and join tokens in the REST API: who may enrol, which host has which certificate, and which are evicted.
 *
 * <p>In: requests of admins and operators. Out: tokens without their texts, except in the answer that makes one; hosts. {@code
 * admin.host} stores them, {@code enrol} decides by them. {@link io.mesosiam.api.host.HostsResource} is the door.
 */
@NullMarked
package io.mesosiam.api.host;

import org.jspecify.annotations.NullMarked;
