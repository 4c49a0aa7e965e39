package io.consilium.orchestrator.wiring;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.context.support.GenericApplicationContext;

/** Looks at the premises before anything is opened, and begins what takes long. */
public final class Beginning implements ApplicationContextInitializer<GenericApplicationContext> {
  @Override
  public void initialize(GenericApplicationContext context) {
    if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
      return; // the build prepares the context and starts nothing
    }
    var settings = Binder.get(context.getEnvironment()).bind("consilium", ConsiliumSettings.class);
    if (settings.isBound()) {
      Premises.check(settings.get());
      var early = new Early();
      context.registerBean("early", Early.class, () -> early);
    }
  }
}
