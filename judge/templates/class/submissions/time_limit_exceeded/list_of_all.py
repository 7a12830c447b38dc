class TheName:
    def __init__(self):
        self.numbers = []

    def add(self, number):
        self.numbers.append(number)

    def count(self, number):
        return sum(1 for one in self.numbers if one == number)
