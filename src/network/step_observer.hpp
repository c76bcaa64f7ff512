// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace bouton {

class PopulationPart;
class ProjectionPart;

/// Who looks on while a network is stepped, in the order of the step.
class StepObserver {
 public:
    virtual ~StepObserver() = default;
    /// Its states are those from before the step.
    virtual void begins(ProjectionPart&) = 0;
    /// Its states are those after the step, and its output has not been given yet.
    virtual void gives(ProjectionPart&) = 0;
    /// Everything has been added to its input, and its states are those from before the step.
    virtual void begins(PopulationPart&) = 0;
    /// It has been stepped.
    virtual void ended(PopulationPart&) = 0;
};

}  // namespace bouton
