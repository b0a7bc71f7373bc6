/**
 * Draining a controller before its maintenance: its agents connect to other controllers, and it admits none.
 *
 * <p>In: an operator's request. Out: ended streams, an audit event, and a readiness check that is down. The package knows no
 * leases: those pass on with their hosts. {@link io.mesosiam.drain.ControllerDrain} is the door.
 */
@NullMarked
package io.mesosiam.drain;

import org.jspecify.annotations.NullMarked;
