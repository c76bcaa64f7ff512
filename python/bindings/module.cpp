// SPDX-License-Identifier: Apache-2.0
#include <bouton/version.hpp>

#include "bindings.hpp"

NB_MODULE(_core, module) {
    using namespace bouton::python;
    nb::set_leak_warnings(false);  // a program may keep an object to its very end
    module.doc() = "The C++ core of bouton, as it is: what the classes of the package are made of.";
    module.attr("__version__") = nb::str(bouton::version.data(), bouton::version.size());
    bind_errors(module);
    bind_core(module);
    bind_init(module);
    bind_connect(module);
    bind_model(module);
    bind_network(module);
    bind_run(module);
    bind_grad(module);
}
